using System.Text.Json;
using KubeInject.Credentials;
using KubeInject.Credentials.KubeSecret;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Credentials;

/// <summary>Credentials in existing Secrets.</summary>
public sealed class KubeSecretIssuerTests : IAsyncLifetime
{
    private readonly MemoryLeaseStore leases = new();
    private KubeConnection connection = null!;
    private string space = "";

    public async Task InitializeAsync()
    {
        connection = await TestCluster.OpenAsync();
        space = await TestCluster.CreateNamespaceAsync();
    }

    public Task DisposeAsync()
    {
        connection.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("kubernetes.io/basic-auth")]
    [InlineData("Opaque")]
    public async Task Username_and_password_are_returned_exactly_as_in_the_Secret(string type)
    {
        await CreateAsync("orders-rw", type, """{"username":"orders","password":"pa ss\n\u00e4$(x)"}""");

        var lease = await Source("{role}").IssueAsync(Request(), CancellationToken.None);

        Assert.Equal(("orders", "pa ss\nä$(x)"), (lease.Credential.Username, lease.Credential.Password.Reveal()));
        Assert.Equal((null, false), (lease.Credential.ExpiresAt, lease.Credential.IsRenewable));
        Assert.Equal($"{space}/secret/orders-rw", Assert.Single(leases.Records).Value.LeaseId);
    }

    [Fact]
    public async Task The_keys_of_the_Secret_can_be_configured()
    {
        await CreateAsync("orders-rw", "Opaque", """{"DB_USER":"orders","DB_PASS":"secret"}""");

        var lease = await Source("{role}", "DB_USER", "DB_PASS").IssueAsync(Request(), CancellationToken.None);

        Assert.Equal(("orders", "secret"), (lease.Credential.Username, lease.Credential.Password.Reveal()));
    }

    [Fact]
    public async Task Revoking_removes_the_lease_record_and_keeps_the_Secret()
    {
        await CreateAsync("orders-rw", "Opaque", """{"username":"orders","password":"secret"}""");
        var source = Source("{role}");
        var lease = await source.IssueAsync(Request(), CancellationToken.None);

        await source.RevokeAsync(lease.Record, CancellationToken.None);

        Assert.Empty(leases.Records);
        Assert.Equal("orders-rw", (await connection.Objects.GetAsync(KubeResource.Secrets, "orders-rw", space)).Name);
    }

    [Theory]
    [InlineData("Opaque", """{"password":"canary"}""", "has no key 'username'; it has password. Add the key, or specify an existing key.")]
    [InlineData("Opaque", """{"username":"orders"}""", "has no key 'password'; it has username.")]
    [InlineData("Opaque", "{}", "has no key 'username'; it has none.")]
    [InlineData("Opaque", """{"username":"orders","password":""}""", "has an empty value for the key 'password'.")]
    [InlineData("kubeinject.io/lease", """{"username":"orders","password":"canary"}""", "has the type kubeinject.io/lease.")]
    [InlineData("kubernetes.io/dockerconfigjson", """{".dockerconfigjson":"{}"}""", "has the type kubernetes.io/dockerconfigjson. Use a Secret of the type kubernetes.io/basic-auth or Opaque.")]
    public async Task An_unusable_Secret_is_an_error_that_names_the_Secret_and_the_problem(string type, string values, string problem)
    {
        await CreateAsync("orders-rw", type, values);

        var exception = await RefusedAsync(Source("{role}"), Request());

        Assert.StartsWith($"{space}/secret/orders-rw {problem}", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_is_not_text_is_not_a_credential()
    {
        await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{space}/secrets", """{"metadata":{"name":"orders-rw"},"data":{"username":"b3JkZXJz","password":"//79"}}""");

        Assert.Contains("has a value that is not text for the key 'password'", (await RefusedAsync(Source("{role}"), Request())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_Secret_is_an_error_that_names_the_role_and_the_pattern() => Assert.Equal(
        $"{space}/secret/orders-rw-db does not exist; the pattern '{{role}}-db' requires it for the role 'orders-rw' of the database 'orders'. Create the Secret, or change the role or the pattern.",
        (await RefusedAsync(Source("{role}-db"), Request())).Message);

    [Fact]
    public async Task A_Secret_that_the_user_is_not_allowed_to_read_is_named()
    {
        using var viewer = await TestCluster.OpenAsync("viewer");
        var issuer = new KubeSecretIssuer(viewer.Objects, new KubeSecretOptions { Pattern = SecretPattern.Parse("{role}") });

        var exception = await RefusedAsync(new CredentialSource(issuer, leases), Request());

        Assert.StartsWith($"The user of this connection may not read {space}/secret/orders-rw. Grant this user the right to get the Secret.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{role}")]
    [InlineData("{namespace}/{role}")]
    public async Task A_role_cannot_refer_to_another_namespace(string pattern)
    {
        var other = await TestCluster.CreateNamespaceAsync();
        await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{other}/secrets", """{"metadata":{"name":"orders"},"stringData":{"username":"orders","password":"canary"}}""");

        foreach (var role in new[] { $"../{other}/secrets/orders", $"../../{other}/secrets/orders", $"{other}/orders", $"..%2f{other}", $"orders?namespace={other}" })
            Assert.Contains("cannot be part of a Secret name", (await RefusedAsync(Source(pattern), Request(role))).Message, StringComparison.Ordinal);
    }

    private async Task<CredentialException> RefusedAsync(CredentialSource source, CredentialRequest request)
    {
        var exception = await Assert.ThrowsAsync<CredentialException>(() => source.IssueAsync(request, CancellationToken.None));

        Assert.Equal(CredentialFailure.Refused, exception.Reason);
        Assert.Empty(leases.Records);
        return exception;
    }

    private CredentialSource Source(string pattern, string usernameKey = "username", string passwordKey = "password") => new(
        new KubeSecretIssuer(connection.Objects, new KubeSecretOptions { Pattern = SecretPattern.Parse(pattern), UsernameKey = usernameKey, PasswordKey = passwordKey }), leases);

    private CredentialRequest Request(string role = "orders-rw") =>
        new(Guid.NewGuid(), "orders", role, "databases", new ObjectReference("Deployment", space, "orders"), "orders");

    private Task<JsonElement> CreateAsync(string name, string type, string values) => TestCluster.SendAsync(
        HttpMethod.Post, $"/api/v1/namespaces/{space}/secrets", $$"""{"metadata":{"name":"{{name}}"},"type":"{{type}}","stringData":{{values}}}""");
}
