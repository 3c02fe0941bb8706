using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Manifests;
using KubeInject.Testing;

namespace KubeInject.Tests.Injection;

/// <summary>The injected values of each container, and the results of failures.</summary>
public sealed class InjectionTests
{
    private const string TwoDatabases = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: a
          annotations:
            db-creds-injector.numberly.io/role: rw
            db-creds-injector.numberly.io/a.env-key-dbuser: U,U2
            db-creds-injector.numberly.io/a.env-key-dbpassword: P
            db-creds-injector.numberly.io/b.mode: URI
            db-creds-injector.numberly.io/b.env-key-uri: URL
            db-creds-injector.numberly.io/b.template: postgres://db/x
        spec:
          containers:
            - name: app
        """;

    private const string FirstUuid = "7d0c1f3e-0000-0000-0000-000000000000";

    private static readonly string WithUuids = TwoDatabases.Replace(
        "annotations:", $"annotations:\n    db-creds-injector.numberly.io/uuid: {FirstUuid},7d0c1f3e-0000-0000-0000-000000000001", StringComparison.Ordinal);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a$b", "a$b")]
    [InlineData("a$$b", "a$$$$b")]
    [InlineData("$(HOME)", "$$(HOME)")]
    [InlineData("x$", "x$")]
    [InlineData("$(A)$", "$$(A)$$")]
    public async Task The_kubelet_does_not_expand_an_issued_value(string password, string written)
    {
        var (text, _) = await new InjectionFixture(_ => new Credential("u", new SensitiveString(password), "lease")).RunAsync(TwoDatabases);

        Assert.Contains($"- name: P\n          value: \"{written}\"\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Classic_and_uri_mode_can_be_combined()
    {
        var (text, result) = await new InjectionFixture(request => new Credential($"u@{request.Database}", new SensitiveString("p/w"), "lease")).RunAsync(TwoDatabases);

        Assert.EndsWith(
            """
                  env:
                    - name: U
                      value: "u@a"
                    - name: U2
                      value: "u@a"
                    - name: P
                      value: "p/w"
                    - name: URL
                      value: "postgres://u%40b:p%2Fw@db/x"
            """,
            text,
            StringComparison.Ordinal);
        var pod = Assert.Single(result.Pods);
        Assert.Equal(["a", "b"], pod.Databases.Select(database => database.Name));
        Assert.DoesNotContain("p/w", $"{result} {pod} {string.Join(' ', pod.Databases)}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_uuids_are_in_the_order_of_the_databases()
    {
        var fixture = new InjectionFixture();
        var (text, _) = await fixture.RunAsync(TwoDatabases);

        Assert.Equal(["a", "b"], fixture.Issuer.Issued.Select(request => request.Database));
        Assert.Contains("db-creds-injector.numberly.io/uuid: \"UUID-0,UUID-1\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_the_second_credential_cannot_be_issued_the_first_is_revoked()
    {
        var fixture = new InjectionFixture(request => request.Database == "b" ? throw new InvalidOperationException("The database is down.") : new Credential("u", new SensitiveString("p"), "lease"));

        var (text, result) = await fixture.RunAsync(TwoDatabases);

        Assert.Empty(text);
        Assert.Equal("<input>:1:1: pod/a: The database is down.", Assert.Single(result.Pods).Error);
        Assert.Single(fixture.Issuer.Issued);
        Assert.Empty(fixture.Issuer.Live);
        Assert.Empty(fixture.Leases.Records);
    }

    [Fact]
    public async Task A_null_character_is_rejected_and_the_credential_revoked()
    {
        var fixture = new InjectionFixture(_ => new Credential("u", new SensitiveString("p\0"), "lease"));

        var (_, result) = await fixture.RunAsync(TwoDatabases);

        Assert.Contains("null character", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
        Assert.Empty(fixture.Issuer.Live);
    }

    [Fact]
    public async Task If_the_injected_document_cannot_be_written_the_credential_is_revoked()
    {
        var fixture = new InjectionFixture();

        var result = await fixture.Injector.InjectAsync(
            ManifestSource.FromText(TwoDatabases), ManifestOutput.ToStream((_, _) => throw new IOException("The pipe is broken.")), CancellationToken.None);

        Assert.Equal("The pipe is broken.", result.Error);
        Assert.Equal(2, fixture.Issuer.Issued.Count);
        Assert.Empty(fixture.Issuer.Live);
    }

    [Fact]
    public async Task Cancelling_an_injection_leaves_no_credential()
    {
        using var stop = new CancellationTokenSource();
        var fixture = new InjectionFixture(request =>
        {
            if (request.Database == "b")
                stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
            return new Credential("u", new SensitiveString("p"), "lease");
        });

        await Assert.ThrowsAsync<OperationCanceledException>(() => fixture.Injector.InjectAsync(
            ManifestSource.FromText(TwoDatabases), ManifestOutput.ToStream((_, _) => Task.CompletedTask), stop.Token));

        Assert.Empty(fixture.Issuer.Live);
        Assert.Empty(fixture.Leases.Records);
    }

    [Fact]
    public async Task A_plan_issues_nothing_and_finds_errors()
    {
        var fixture = new InjectionFixture();

        var plan = await fixture.Injector.PlanAsync(ManifestSource.FromText(TwoDatabases), CancellationToken.None);

        Assert.Equal(InjectionStatus.Planned, Assert.Single(plan.Result.Pods).Status);
        Assert.Empty(fixture.Issuer.Issued);
        Assert.Empty(fixture.Leases.Records);
    }

    [Fact]
    public async Task A_pod_with_a_uuid_and_the_variables_is_not_changed()
    {
        var fixture = new InjectionFixture();
        var manifest = WithUuids + "\n      env: [{name: U, value: u}, {name: U2, value: u}, {name: P, value: p}, {name: URL, value: x}]\n";

        var (text, result) = await fixture.RunAsync(manifest);

        Assert.Equal(InjectionStatus.AlreadyInjected, Assert.Single(result.Pods).Status);
        Assert.Equal(manifest, text);
        Assert.Empty(fixture.Issuer.Issued);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n      env: [{name: U, value: u}, {name: U2, value: u}, {name: P, value: p}]")]
    public async Task A_pod_with_a_uuid_but_without_a_variable_is_injected(string env)
    {
        var fixture = new InjectionFixture();

        var (text, result) = await fixture.RunAsync(WithUuids + env + "\n");

        var pod = Assert.Single(result.Pods);
        Assert.Equal(InjectionStatus.Injected, pod.Status);
        Assert.Contains(pod.Findings, finding => finding.Code == FindingCode.MissingVariables);
        Assert.Equal(2, fixture.Issuer.Issued.Count);
        Assert.Contains("uuid: \"UUID-0,UUID-1\"\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(FirstUuid, text, StringComparison.Ordinal);
        Assert.Contains("URL", text.Split("env:")[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Pod", "apiVersion: example.com/v1\nkind: Pod", InjectionStatus.NotRequested)]
    [InlineData("annotations:", "annotations:\n    db-creds-injector.numberly.io/revoke-ttl: 1h", InjectionStatus.Ignored)]
    [InlineData("    - name: app", "", InjectionStatus.Failed)]
    public async Task A_pod_that_cannot_be_injected_is_reported_with_its_reason(string part, string replacement, InjectionStatus status)
    {
        var fixture = new InjectionFixture();
        var manifest = TwoDatabases.Replace(part, replacement, StringComparison.Ordinal);
        var (text, result) = await fixture.RunAsync(manifest);

        Assert.Equal(status, result.Pods.Count == 0 ? InjectionStatus.NotRequested : result.Pods[0].Status);
        Assert.Equal(status == InjectionStatus.Failed ? "" : manifest, text);
        Assert.Empty(fixture.Issuer.Issued);
    }
}
