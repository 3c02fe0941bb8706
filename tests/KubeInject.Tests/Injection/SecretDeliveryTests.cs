using System.Text.Json;
using System.Text.RegularExpressions;
using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Testing;

namespace KubeInject.Tests.Injection;

/// <summary>Credentials in a Secret that precedes the manifest.</summary>
public sealed partial class SecretDeliveryTests
{
    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: a
          namespace: shop
          annotations:
            db-creds-injector.numberly.io/orders.role: rw
        spec:
          containers:
            - name: app
              image: app:1
        """;

    private static readonly DeliveryOptions AsManifest = new() { Delivery = CredentialDelivery.Secret, SecretAsManifest = true };

    [Fact]
    public async Task The_Secret_precedes_the_manifest_and_the_containers_refer_to_it()
    {
        var (text, result) = await RunAsync(Pod);

        Assert.Equal(InjectionStatus.Injected, Assert.Single(result.Pods).Status);
        Assert.Equal(
            """
            apiVersion: v1
            kind: Secret
            metadata:
              name: SECRET
              namespace: "shop"
              labels:
                app.kubernetes.io/managed-by: "kubeinject"
                lease.kubeinject.io/UUID-0: ""
            type: Opaque
            immutable: true
            stringData:
              orders.username: "user-orders"
              orders.password: "password-orders"
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: a
              namespace: shop
              annotations:
                db-creds-injector.numberly.io/orders.role: rw
                db-creds-injector.numberly.io/uuid: "UUID-0"
            spec:
              containers:
                - name: app
                  image: app:1
                  env:
                    - name: DBUSER
                      valueFrom:
                        secretKeyRef:
                          name: SECRET
                          key: "orders.username"
                    - name: DBPASSWORD
                      valueFrom:
                        secretKeyRef:
                          name: SECRET
                          key: "orders.password"
            """,
            text);
    }

    [Fact]
    public async Task In_JSON_the_objects_are_separate_documents()
    {
        var (text, _) = await RunAsync("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"db-creds-injector.numberly.io/orders.role":"rw"}},"spec":{"containers":[{"name":"app","env":[{"name":"DBUSER","value":"x"}]}]}}""");

        Assert.StartsWith("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Secret\",", text, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            }
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"db-creds-injector.numberly.io/orders.role":"rw","db-creds-injector.numberly.io/uuid":"UUID-0"}},"spec":{"containers":[{"name":"app","env":[{"name":"DBUSER","valueFrom":{"secretKeyRef":{"name":"SECRET","key":"orders.username"}}},{"name":"DBPASSWORD","valueFrom":{"secretKeyRef":{"name":"SECRET","key":"orders.password"}}}]}]}}
            """,
            text,
            StringComparison.Ordinal);
        var documents = Manifest.Parse(new ManifestText(text)).Documents;
        Assert.Equal(2, documents.Count);
        Assert.Equal("password-orders", JsonSerializer.Deserialize<JsonElement>(documents[0].Text).GetProperty("stringData").GetProperty("orders.password").GetString());
    }

    [Theory]
    [InlineData("value: old", "REFERENCE")]
    [InlineData("value: old # of the test database", "REFERENCE # of the test database")]
    [InlineData("value:", "REFERENCE")]
    [InlineData("value: |\n            old\n            lines", "REFERENCE")]
    [InlineData("valueFrom: {secretKeyRef: {name: b, key: c}}", "REFERENCE")]
    [InlineData("valueFrom:\n            fieldRef:\n              fieldPath: metadata.name", "REFERENCE")]
    public async Task An_existing_variable_is_changed_in_place(string old, string replacement)
    {
        const string Reference = "valueFrom:\n            secretKeyRef:\n              name: SECRET\n              key: \"orders.password\"";
        var manifest = $"{Pod}\n      env:\n        - name: DBPASSWORD\n          {old}\n        - name: LAST # stays\n          value: 1\n";

        var (text, _) = await RunAsync(manifest);

        Assert.Contains(
            $"- name: DBPASSWORD\n          {replacement.Replace("REFERENCE", Reference, StringComparison.Ordinal)}\n        - name: LAST # stays\n          value: 1\n        - name: DBUSER\n",
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flow_style_and_its_line_endings_are_kept()
    {
        var (text, _) = await RunAsync($"{Pod}\n      env: [{{name: DBUSER, value: x}}, {{name: DBPASSWORD}}]\n".ReplaceLineEndings("\r\n"));

        Assert.Contains(
            """env: [{name: DBUSER, "valueFrom": {"secretKeyRef": {"name": "SECRET", "key": "orders.username"}}}, {name: DBPASSWORD, "valueFrom": {"secretKeyRef": {"name": "SECRET", "key": "orders.password"}}}]""" + "\r\n",
            text,
            StringComparison.Ordinal);
        var block = await RunAsync($"{Pod}\n      env:\n        - name: DBUSER\n          value: x\n".ReplaceLineEndings("\r\n"));
        Assert.Contains("valueFrom:\r\n            secretKeyRef:\r\n", block.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$(HOME)")]
    [InlineData("a$$b")]
    [InlineData("\"quoted\" \\ and: # all")]
    public async Task The_Secret_contains_the_issued_values_unchanged(string password)
    {
        var (text, _) = await RunAsync(Pod, _ => new Credential("u", new SensitiveString(password)));

        Assert.Contains($"orders.password: \"{password.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://db/x?a=$$b", "postgres://u:p%24@db/x?a=$b")]
    [InlineData("postgres://db/x?a=$b", "postgres://u:p%24@db/x?a=$b")]
    [InlineData("postgres://db/x?a=$$$$(b)", "postgres://u:p%24@db/x?a=$$(b)")]
    public async Task A_template_is_expanded_as_by_the_kubelet(string template, string uri)
    {
        var (text, _) = await RunAsync(InUriMode(template), _ => new Credential("u", new SensitiveString("p$")));

        Assert.Contains($"orders.uri: \"{uri}\"\n", text, StringComparison.Ordinal);
        Assert.Contains("key: \"orders.uri\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_that_needs_the_kubelet_is_rejected_before_anything_is_issued()
    {
        var fixture = new InjectionFixture(delivery: AsManifest);

        var (text, result) = await fixture.RunAsync(InUriMode("postgres://$(DB_HOST)/x"));

        Assert.Empty(text);
        Assert.StartsWith("<input>:1:1: shop/pod/a: The template of 'orders' refers to another variable", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
        Assert.Empty(fixture.Issuer.Issued);
    }

    [Fact]
    public async Task No_password_is_outside_the_Secret()
    {
        var (text, _) = await RunAsync($"{Pod}\n---\n{Pod}\n");

        var documents = Manifest.Parse(new ManifestText(text)).Documents;
        Assert.Equal(["Secret", "Secret", "Pod", "Pod"], documents.Select(document => Regex.Match(document.Text, "(?m)^kind: (.+)$").Groups[1].Value));
        Assert.All(documents.Skip(2), document => Assert.DoesNotContain("password-orders", document.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_injection_of_the_output_changes_nothing()
    {
        var (text, _) = await new InjectionFixture(delivery: AsManifest).RunAsync(Pod);
        var again = new InjectionFixture(delivery: AsManifest);

        var (second, result) = await again.RunAsync(text.Replace("UUID-0", Guid.NewGuid().ToString(), StringComparison.Ordinal));

        Assert.Equal(InjectionStatus.AlreadyInjected, Assert.Single(result.Pods).Status);
        Assert.Empty(again.Issuer.Issued);
        Assert.DoesNotContain("UUID-1", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\uFEFFapiVersion")]
    [InlineData("---\napiVersion")]
    [InlineData("# Orders.\n---\napiVersion")]
    public async Task The_Secret_is_a_separate_document_whatever_the_manifest_starts_with(string start)
    {
        var (text, result) = await RunAsync(start + Pod["apiVersion".Length..]);

        Assert.Equal(InjectionStatus.Injected, Assert.Single(result.Pods).Status);
        Assert.Equal(start[0] == '\uFEFF', text[0] == '\uFEFF');
        Assert.Contains(Manifest.Parse(new ManifestText(text)).Documents, document => document.PodTemplates.Count == 1);
    }

    [Fact]
    public async Task A_directive_before_the_document_is_rejected()
    {
        var fixture = new InjectionFixture(delivery: AsManifest);

        var (text, result) = await fixture.RunAsync($"%YAML 1.2\n---\n{Pod}");

        Assert.Empty(text);
        Assert.Contains("directive", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
        Assert.Empty(fixture.Issuer.Issued);
    }

    [Theory]
    [InlineData("name: orders", "^orders-db-[0-9a-f]{10}$")]
    [InlineData("generateName: orders-", "^orders-db-[0-9a-f]{10}$")]
    [InlineData("labels: {}", "^db-[0-9a-f]{10}$")]
    public async Task The_name_of_the_Secret_contains_the_workload_and_the_issue(string name, string expected)
    {
        var (text, _) = await new InjectionFixture(delivery: AsManifest).RunAsync(Pod.Replace("name: a\n", name + "\n", StringComparison.Ordinal));

        Assert.Matches(expected, SecretName().Match(text).Groups[1].Value);
    }

    [Fact]
    public async Task A_long_workload_name_is_shortened()
    {
        var (text, _) = await new InjectionFixture(delivery: AsManifest).RunAsync(Pod.Replace("name: a\n", $"name: {new string('a', 253)}\n", StringComparison.Ordinal));

        Assert.Equal(253, SecretName().Match(text).Groups[1].Length);
    }

    [Fact]
    public async Task Without_a_cluster_no_record_waits_for_a_Secret_to_be_deleted()
    {
        var fixture = new InjectionFixture(delivery: AsManifest);

        await fixture.RunAsync(Pod);

        Assert.Null(Assert.Single(fixture.Leases.Records).Value.Secret);
    }

    [Fact]
    public void Without_a_cluster_no_Secret_can_be_created()
    {
        var error = Assert.Throws<ArgumentException>(() => new ManifestInjector(
            new CredentialSource(new RecordingIssuer(), new MemoryLeaseStore()), delivery: new DeliveryOptions { Delivery = CredentialDelivery.Secret }));

        Assert.Contains("Connect first", error.Message, StringComparison.Ordinal);
    }

    private static string InUriMode(string template) => Pod.Replace(
        "orders.role: rw",
        $"orders.role: rw\n    db-creds-injector.numberly.io/orders.mode: uri\n    db-creds-injector.numberly.io/orders.env-key-uri: URL\n    db-creds-injector.numberly.io/orders.template: {template}",
        StringComparison.Ordinal);

    /// <summary>The resulting text, with the name of the Secret replaced by SECRET.</summary>
    private static async Task<(string Text, ManifestResult Result)> RunAsync(string manifest, Func<LeaseRecord, Credential>? issue = null)
    {
        var (text, result) = await new InjectionFixture(issue, AsManifest).RunAsync(manifest);
        return (text.Replace(SecretName().Match(text).Groups[1].Value is { Length: > 0 } name ? name : "SECRET", "SECRET", StringComparison.Ordinal), result);
    }

    [GeneratedRegex("kind\"?: \"?Secret\"?,?\\s+\"?metadata\"?:[\\s{]+\"?name\"?: \"?([^\"\\s]+)")]
    private static partial Regex SecretName();
}
