using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Injection;

namespace KubeInject.Tests.Injection;

/// <summary>Variables whose values refer to the injected variables, and declared variables with both value and valueFrom.</summary>
public sealed class DependentVariableTests
{
    private const string Head = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders
          labels: {vault-db-injector: "true"}
          annotations:
            db-creds-injector.numberly.io/orders.role: orders-rw
            db-creds-injector.numberly.io/orders.env-key-dbuser: PGUSER
            db-creds-injector.numberly.io/orders.env-key-dbpassword: PGPASSWORD
            db-creds-injector.numberly.io/uuid: "UUID-0"
        spec:
          containers:

        """;

    private const string Added = """
              - name: PGUSER
                value: "user"
              - name: PGPASSWORD
                value: "word"

        """;

    [Fact]
    public Task Variables_are_inserted_before_the_first_reference() => BecomesAsync(
        """
          - name: app
            env:
              - name: PGHOST
                value: db
              # The application reads this.
              - name: DATABASE_URL
                value: postgres://$(PGUSER):$(PGPASSWORD)@$(PGHOST):5432/orders
        """,
        $"""
          - name: app
            env:
              - name: PGHOST
                value: db
              # The application reads this.
        {Added.TrimEnd('\n')}
              - name: DATABASE_URL
                value: postgres://$(PGUSER):$(PGPASSWORD)@$(PGHOST):5432/orders
        """);

    [Fact]
    public Task Only_the_referenced_variable_moves_to_the_front() => BecomesAsync(
        """
          - name: app
            env:
              - name: ADMIN
                value: $(PGUSER)
        """,
        """
          - name: app
            env:
              - name: PGUSER
                value: "user"
              - name: ADMIN
                value: $(PGUSER)
              - name: PGPASSWORD
                value: "word"
        """);

    [Fact]
    public Task An_escaped_reference_is_no_reference() => BecomesAsync(
        """
          - name: app
            env:
              - name: ADMIN
                value: $$(PGUSER)
        """,
        $"""
          - name: app
            env:
              - name: ADMIN
                value: $$(PGUSER)
        {Added.TrimEnd('\n')}
        """);

    [Fact]
    public Task Variables_are_inserted_into_flow_style() => BecomesAsync(
        """
          - name: app
            env: [{name: ADMIN, value: $(PGUSER)}]
        """,
        """
          - name: app
            env: [{"name": "PGUSER", "value": "user"}, {name: ADMIN, value: $(PGUSER)}, {"name": "PGPASSWORD", "value": "word"}]
        """);

    [Theory]
    [InlineData("value: ''\n        valueFrom: null")]
    [InlineData("valueFrom: null\n        value: ''")]
    [InlineData("value: null\n        valueFrom:\n          secretKeyRef: {name: old, key: password}")]
    [InlineData("valueFrom:\n          secretKeyRef: {name: old, key: password}\n        value:")]
    public Task A_variable_with_value_and_valueFrom_gets_one_value(string declared) => BecomesAsync(
        $"""
          - name: app
            env:
              - name: PGUSER # the login
                {declared}
              - name: PGPASSWORD
              - name: LAST
        """,
        """
          - name: app
            env:
              - name: PGUSER # the login
                value: "user"
              - name: PGPASSWORD
                value: "word"
              - name: LAST
        """);

    [Fact]
    public async Task A_reference_to_a_variable_that_is_declared_later_is_a_finding()
    {
        var (_, result) = await InjectAsync("""
              - name: app
                env:
                  - name: ADMIN
                    value: $(PGUSER)
                  - name: PGUSER
                    value: postgres
            """);
        var finding = Assert.Single(Assert.Single(result.Pods).Findings, finding => finding.Code == FindingCode.UnresolvedReference);
        Assert.Equal("Variable 'ADMIN' in container 'app' refers to 'PGUSER', which is set after it, so the kubelet does not replace the reference.", finding.Message);
        Assert.Equal("Declare 'ADMIN' after 'PGUSER'.", finding.Suggestion);
        Assert.Equal(14, finding.Location?.Line);
    }

    private static async Task BecomesAsync(string containers, string expected)
    {
        var (text, result) = await InjectAsync(containers);
        Assert.Equal(InjectionStatus.Injected, Assert.Single(result.Pods).Status);
        Assert.Equal(Head + expected + "\n", text);
    }

    private static Task<(string Text, ManifestResult Result)> InjectAsync(string containers) =>
        new InjectionFixture(_ => new Credential("user", new SensitiveString("word")))
            .RunAsync(Head.Replace("    db-creds-injector.numberly.io/uuid: \"UUID-0\"\n", "", StringComparison.Ordinal) + containers + "\n");
}
