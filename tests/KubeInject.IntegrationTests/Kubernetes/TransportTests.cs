using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Kubernetes;

public sealed class TransportTests : IDisposable
{
    private readonly TestProxy proxy = new();

    private static ConnectionSettings Settings => ConnectionSettings.FromToken(TestCluster.Server, TestCluster.ViewerToken, TestCluster.Authority);

    public void Dispose() => proxy.Dispose();

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task A_proxy_connects_to_the_server(string scheme)
    {
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(Settings with { Proxy = At(scheme) }));
        Assert.Equal([TestCluster.Server.Authority], proxy.Targets.Distinct());
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task The_name_in_the_certificate_connects_and_another_does_not(string scheme)
    {
        var settings = Settings with { Proxy = At(scheme) };
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(settings with { Server = Named("kubernetes.default.svc") }));
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(settings with { Server = Named("elsewhere.test") }));
        Assert.Equal(KubeConnectionFailure.WrongHostName, error.Reason);
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(settings with { Server = Named("elsewhere.test"), TlsServerName = "kubernetes.default.svc" }));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task The_proxy_of_the_environment_follows_the_rules_of_kubectl(string scheme)
    {
        Dictionary<string, string> variables = new() { ["HTTPS_PROXY"] = $"{At(scheme)}" };
        var settings = Settings with { Server = Named("kubernetes.default.svc"), Environment = new KubeEnvironment { Variable = variables.GetValueOrDefault } };
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(settings));
        Assert.Equal(Identity.Viewer, Identity.FromError((await KubectlAsync(settings, variables)).Error));

        // Only the proxy can resolve the name.
        variables["NO_PROXY"] = "other.test,.default.svc";
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(settings));
        Assert.Equal(KubeConnectionFailure.NameNotResolved, error.Reason);
        Assert.Contains("no such host", (await KubectlAsync(settings, variables)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_groups_are_sent_through_a_proxy_and_with_another_server_name()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.AllowAsync(@namespace, "pods", "Group", "readers");
        using var connection = await KubeConnection.OpenAsync(TestCluster.Context("admin") with
        {
            Server = Named("elsewhere.test"),
            TlsServerName = "kubernetes.default.svc",
            Proxy = At("http"),
            Impersonation = new Impersonation { User = "jane", Groups = ["others", "readers"] },
        });
        await connection.GetAsync($"/api/v1/namespaces/{@namespace}/pods");

        // The user who impersonates has all permissions.
        var error = await Assert.ThrowsAsync<KubeApiException>(() => connection.GetAsync($"/api/v1/namespaces/{@namespace}/secrets"));
        Assert.Equal(403, error.StatusCode);
    }

    [Fact]
    public async Task A_bundle_can_contain_intermediates_and_unreadable_certificates()
    {
        using var intermediate = ClientCredentials.Intermediate();
        var bundle = $"""
            {TestCluster.ReadText("other-ca.crt")}
            -----BEGIN CERTIFICATE-----
            QUJD
            -----END CERTIFICATE-----
            {intermediate.ExportCertificatePem()}
            # The one that counts:
            {TestCluster.ReadText("ca.crt")}
            """;
        var authority = CertificateAuthority.FromPathOrPem(bundle);
        Assert.Equal(3, authority.Certificates.Count);
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(Settings with { CertificateAuthority = authority }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_certificate_that_is_signed_by_an_intermediate_is_trusted(bool isShown)
    {
        using var folder = new TemporaryFolder();
        using var intermediate = ClientCredentials.Intermediate();
        var (certificate, key) = ClientCredentials.Server(intermediate);
        var (link, root) = (intermediate.ExportCertificatePem(), TestCluster.ReadText("ca.crt"));
        using var server = new TestApiServer
        {
            Flags = new Dictionary<string, string>
            {
                ["--tls-cert-file"] = folder.Write("server.crt", isShown ? $"{certificate}\n{link}\n" : $"{certificate}\n"),
                ["--tls-private-key-file"] = folder.Write("server.key", key.ExportECPrivateKeyPem()),
            },
            Authority = CertificateAuthority.FromPem(isShown ? root : $"{root}\n{link}\n"),
        };
        await server.StartAsync();
        Assert.Equal(Identity.Viewer, await Identity.OfAsync(server.Settings with { Token = TestCluster.ViewerToken }));
        if (isShown)
            return;

        // Only the proxy can show whether the response was compressed.
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(server.Settings with { CertificateAuthority = TestCluster.Authority }));
        Assert.Equal(KubeConnectionFailure.UntrustedCertificate, error.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Responses_are_compressed_unless_compression_is_disabled(bool isDisabled)
    {
        // A server compresses responses of more than 128 KB. The proxy only counts the bytes.
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.SendAsync(
            HttpMethod.Post, $"/api/v1/namespaces/{@namespace}/configmaps", $$$"""{"metadata":{"name":"long"},"data":{"a":"{{{new string('a', 600_000)}}}"}}""");
        using var connection = await KubeConnection.OpenAsync(TestCluster.Context("admin") with { Proxy = At("http"), DisableCompression = isDisabled });
        var before = proxy.BytesFromServers;
        await connection.GetAsync($"/api/v1/namespaces/{@namespace}/configmaps/long");
        Assert.Equal(isDisabled, proxy.BytesFromServers - before > 500_000);
    }

    private ProxyAddress At(string scheme) => ProxyAddress.FromUri(new Uri($"{scheme}://127.0.0.1:{proxy.Port}"));

    private static Uri Named(string host) => new UriBuilder(TestCluster.Server) { Host = host }.Uri;

    private static async Task<Command> KubectlAsync(ConnectionSettings settings, Dictionary<string, string> variables)
    {
        var environment = new Dictionary<string, string?>(variables.Select(variable => KeyValuePair.Create(variable.Key, (string?)variable.Value)));
        return await Command.RunAsync(
            "kubectl",
            ["--kubeconfig", "/dev/null", "--server", $"{settings.Server}", "--certificate-authority", TestCluster.FilePath("ca.crt"), "--token", settings.Token!.Reveal(), "get", "--raw", Identity.Path],
            environment: environment);
    }
}
