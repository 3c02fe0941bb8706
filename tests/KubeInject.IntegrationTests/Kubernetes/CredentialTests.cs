using System.Security.Cryptography;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Kubernetes;

public sealed class CredentialTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static ConnectionSettings Settings => new() { Server = TestCluster.Server, CertificateAuthority = TestCluster.Authority };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_token_identifies_the_user() =>
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(ConnectionSettings.FromToken(TestCluster.Server, TestCluster.ViewerToken, TestCluster.Authority)));

    [Fact]
    public async Task A_token_file_identifies_the_user() =>
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(ConnectionSettings.FromTokenFile(TestCluster.Server, TestCluster.FilePath("viewer.token"), TestCluster.Authority)));

    [Theory]
    [InlineData("RSA", "PKCS#1")]
    [InlineData("RSA", "PKCS#8")]
    [InlineData("ECDSA", "SEC1")]
    [InlineData("ECDSA", "PKCS#8")]
    public async Task A_client_certificate_identifies_the_user_with_each_key_format(string algorithm, string form)
    {
        var (certificate, key) = algorithm == "RSA" ? (AsAny(ClientCredentials.Rsa("jane"))) : AsAny(ClientCredentials.Ec("jane"));
        var pem = (key, form) switch
        {
            (RSA rsa, "PKCS#1") => rsa.ExportRSAPrivateKeyPem(),
            (ECDsa ec, "SEC1") => ec.ExportECPrivateKeyPem(),
            _ => key.ExportPkcs8PrivateKeyPem(),
        };
        var client = ClientCertificate.FromFiles(folder.Write("me.crt", certificate), folder.Write("me.key", pem));
        Assert.Equal("jane", await Identity.OfAsync(ConnectionSettings.FromClientCertificate(TestCluster.Server, client, TestCluster.Authority)));
    }

    [Fact]
    public async Task Certificate_and_key_can_be_in_one_file()
    {
        var (certificate, key) = ClientCredentials.Ec("jane");
        var client = ClientCertificate.FromFiles(folder.Write("me.pem", $"{key.ExportECPrivateKeyPem()}\n{certificate}\n"));
        Assert.Equal("jane", await Identity.OfAsync(Settings with { ClientCertificate = client }));
    }

    [Fact]
    public async Task The_intermediates_of_a_client_certificate_are_sent()
    {
        using var intermediate = ClientCredentials.Intermediate();
        var (certificate, key) = ClientCredentials.Ec("jane", intermediate);
        var chain = ClientCertificate.FromPem($"{certificate}\n{intermediate.ExportCertificatePem()}", new SensitiveString(key.ExportECPrivateKeyPem()));
        Assert.Equal("jane", await Identity.OfAsync(Settings with { ClientCertificate = chain }));
        var alone = ClientCertificate.FromPem(certificate, new SensitiveString(key.ExportECPrivateKeyPem()));
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(Settings with { ClientCertificate = alone }));
        Assert.Equal(KubeConnectionFailure.Unauthorized, error.Reason);
    }

    [Fact]
    public async Task A_changed_token_file_is_used_for_the_next_request()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        var (first, uid) = await CreateAccountAsync(@namespace, "first");
        var (second, _) = await CreateAccountAsync(@namespace, "second");

        // Ten minutes is the shortest duration that the server supports.
        var claims = ClientCredentials.Claims(first.Reveal());
        Assert.Equal(600, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        var file = folder.Write("token", first.Reveal());
        using var connection = await KubeConnection.OpenAsync(Settings with { TokenFile = file });
        Assert.Equal($"system:serviceaccount:{@namespace}:first", await Identity.OfAsync(connection));
        folder.Write("token", second.Reveal());
        Assert.Equal($"system:serviceaccount:{@namespace}:second", await Identity.OfAsync(connection));

        folder.Write("token", ClientCredentials.Token(@namespace, "first", uid, DateTimeOffset.UtcNow.AddMinutes(-1)));
        var expired = await Assert.ThrowsAsync<KubeApiException>(() => connection.GetAsync(Identity.Path));
        Assert.Equal(KubeApiReason.Unauthorized, expired.Reason);
        folder.Write("token", ClientCredentials.Token(@namespace, "first", uid, DateTimeOffset.UtcNow.AddMinutes(1)));
        Assert.Equal($"system:serviceaccount:{@namespace}:first", await Identity.OfAsync(connection));
    }

    [Fact]
    public async Task A_user_has_only_the_granted_rights()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.AllowAsync(@namespace, "pods", "User", Identity.Viewer);
        using var connection = await TestCluster.OpenAsync("viewer", @namespace);
        Assert.True((await connection.Objects.ReviewAccessAsync(new AccessQuestion("list", KubeResource.Pods) { Namespace = @namespace })).Allowed);
        Assert.False((await connection.Objects.ReviewAccessAsync(new AccessQuestion("list", KubeResource.Secrets) { Namespace = @namespace })).Allowed);
        await connection.GetAsync($"/api/v1/namespaces/{@namespace}/pods");
        var error = await Assert.ThrowsAsync<KubeApiException>(() => connection.GetAsync($"/api/v1/namespaces/{@namespace}/secrets"));
        Assert.Equal(KubeApiReason.Forbidden, error.Reason);
    }

    [Fact]
    public async Task An_impersonated_user_has_only_the_rights_of_that_user()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.AllowAsync(@namespace, "pods", "User", "jane");
        using var connection = await KubeConnection.OpenAsync(TestCluster.Context("admin") with { Impersonation = new Impersonation { User = "jane" } });
        Assert.Equal("jane", await Identity.OfAsync(connection));
        Assert.True((await connection.Objects.ReviewAccessAsync(new AccessQuestion("list", KubeResource.Pods) { Namespace = @namespace })).Allowed);
        Assert.False((await connection.Objects.ReviewAccessAsync(new AccessQuestion("delete", KubeResource.Pods) { Namespace = @namespace })).Allowed);
        await connection.GetAsync($"/api/v1/namespaces/{@namespace}/pods");
        await Assert.ThrowsAsync<KubeApiException>(() => connection.GetAsync($"/api/v1/namespaces/{@namespace}/secrets"));
    }

    [Fact]
    public async Task Each_of_several_impersonated_groups_is_effective()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.AllowAsync(@namespace, "pods", "Group", "readers, of pods");
        await TestCluster.AllowAsync(@namespace, "secrets", "Group", "bücher");
        using var connection = await KubeConnection.OpenAsync(
            TestCluster.Context("admin") with { Impersonation = new Impersonation { User = "jane", Groups = ["others", "readers, of pods", "bücher"] } });
        await connection.GetAsync($"/api/v1/namespaces/{@namespace}/pods");
        await connection.GetAsync($"/api/v1/namespaces/{@namespace}/secrets");
        await Assert.ThrowsAsync<KubeApiException>(() => connection.GetAsync($"/api/v1/namespaces/{@namespace}/configmaps"));
    }

    [Fact]
    public async Task All_impersonation_fields_reach_the_server()
    {
        var impersonation = new Impersonation
        {
            User = "jürgen",
            Groups = ["system:masters", "a,b"],
            Extra = new Dictionary<string, IReadOnlyList<string>> { ["example.org/scopes"] = ["read", "write"], ["100% ü"] = ["one"] },
        };
        var details = await Identity.DetailsAsync(TestCluster.Context("admin") with { Impersonation = impersonation });
        Assert.Equal("jürgen", details.GetProperty("username").GetString());
        Assert.Equal(["system:masters", "a,b", "system:authenticated"], details.GetProperty("groups").EnumerateArray().Select(group => group.GetString()));
        var extra = details.GetProperty("extra");
        Assert.Equal(["read", "write"], extra.GetProperty("example.org/scopes").EnumerateArray().Select(value => value.GetString()));
        Assert.Equal("one", Assert.Single(extra.GetProperty("100% ü").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task A_user_who_may_not_impersonate_gets_a_clear_error()
    {
        var error = await Assert.ThrowsAsync<KubeApiException>(async () =>
        {
            using var connection = await KubeConnection.OpenAsync(TestCluster.Context("viewer") with { Impersonation = new Impersonation { User = "jane" } });
            await connection.GetAsync("/api");
        });
        Assert.Equal((403, KubeApiReason.Forbidden), (error.StatusCode, error.Reason));

        // Newer servers have a permission to impersonate for each verb, and name the one that would have been enough.
        Assert.Matches("User \"kubeinject-viewer\" cannot impersonate(-on:user-info:get path| resource \"users\")", error.Message);
    }

    private static (string Certificate, AsymmetricAlgorithm Key) AsAny<T>((string Certificate, T Key) pair)
        where T : AsymmetricAlgorithm => pair;

    private static async Task<(SensitiveString Token, string Uid)> CreateAccountAsync(string @namespace, string name)
    {
        var account = await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{@namespace}/serviceaccounts", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        using var connection = await TestCluster.OpenAsync();
        var token = await connection.Objects.CreateTokenAsync(name, @namespace, new ServiceAccountTokenOptions { ExpirationSeconds = 600 });
        return (token.Token, account.GetProperty("metadata").GetProperty("uid").GetString()!);
    }
}
