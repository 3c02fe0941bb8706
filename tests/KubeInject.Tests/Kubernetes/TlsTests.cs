using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Testing;

namespace KubeInject.Tests.Kubernetes;

public sealed class TlsTests : IDisposable
{
    private readonly X509Certificate2 root = TestCertificates.Authority("CN=root");
    private readonly X509Certificate2 other = TestCertificates.Authority("CN=other");

    public static TheoryData<string> Names => [.. CertificateNames.All.Select(names => names.Case)];

    public void Dispose()
    {
        root.Dispose();
        other.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_the_specified_CA_is_trusted()
    {
        using var certificate = TestCertificates.Server(root);
        await ConnectAsync(certificate, root);
    }

    [Fact]
    public async Task Any_root_of_a_bundle_is_accepted()
    {
        using var certificate = TestCertificates.Server(root);
        await ConnectAsync(certificate, other, root);
    }

    [Fact]
    public async Task An_intermediate_can_come_from_the_server()
    {
        using var intermediate = TestCertificates.Authority("CN=intermediate", root);
        using var certificate = TestCertificates.Server(intermediate);
        using var server = new TestServer(TestServer.Kubernetes(), certificate, [intermediate]);
        using var connection = await KubeConnection.OpenAsync(Settings(server, root));
    }

    [Fact]
    public async Task An_intermediate_can_come_from_the_bundle()
    {
        using var intermediate = TestCertificates.Authority("CN=intermediate", root);
        using var certificate = TestCertificates.Server(intermediate);
        await ConnectAsync(certificate, intermediate, root);
    }

    [Fact]
    public async Task An_intermediate_without_its_root_is_a_trust_anchor_as_in_kubectl()
    {
        using var intermediate = TestCertificates.Authority("CN=intermediate", root);
        using var certificate = TestCertificates.Server(intermediate);
        await ConnectAsync(certificate, intermediate);
    }

    [Fact]
    public async Task A_self_signed_server_certificate_is_trusted_if_it_is_specified()
    {
        using var certificate = TestCertificates.Server(null);
        await ConnectAsync(certificate, certificate);
    }

    [Fact]
    public async Task Another_CA_is_an_error_that_names_both()
    {
        using var certificate = TestCertificates.Server(root);
        var error = await FailsAsync(certificate, KubeConnectionFailure.UntrustedCertificate, other);
        Assert.Contains(
            "is not signed by the specified certificate authority (CN=other from the bundle of this test). The server presented: subject CN=test-server, issuer CN=root.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_CA_with_the_same_name_is_not_trusted()
    {
        using var twin = TestCertificates.Authority("CN=root");
        using var certificate = TestCertificates.Server(twin);
        await FailsAsync(certificate, KubeConnectionFailure.UntrustedCertificate, root);
    }

    [Fact]
    public async Task An_intermediate_that_only_has_the_name_of_the_anchor_is_not_trusted()
    {
        using var anchor = TestCertificates.Authority("CN=intermediate", root);
        using var forged = TestCertificates.Authority("CN=intermediate");
        using var certificate = TestCertificates.Server(forged);
        await FailsAsync(certificate, KubeConnectionFailure.UntrustedCertificate, anchor);
    }

    [Fact]
    public async Task With_a_specified_CA_the_system_CAs_are_not_trusted()
    {
        using var certificate = TestCertificates.Server(null);
        await FailsAsync(certificate, KubeConnectionFailure.UntrustedCertificate, other);
    }

    [Fact]
    public async Task Without_a_specified_CA_the_system_CAs_are_trusted()
    {
        using var certificate = TestCertificates.Server(root);
        var error = await FailsAsync(certificate, KubeConnectionFailure.UntrustedCertificate);
        Assert.Contains("that this machine trusts, and no other certificate authority is specified", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_an_error_that_lists_its_names()
    {
        using var certificate = TestCertificates.Server(root, "kubernetes.test");
        var error = await FailsAsync(certificate, KubeConnectionFailure.WrongHostName, root);
        Assert.Contains("is not valid for 127.0.0.1. It is valid for kubernetes.test.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_certificate_is_valid_for_its_alternative_names_and_never_for_its_common_name(string name)
    {
        var names = CertificateNames.All.Single(candidate => candidate.Case == name);
        using var certificate = names.CreateCertificate(root);
        using var server = new TestServer(TestServer.Kubernetes(), certificate);
        var settings = Settings(server, root) with { Server = new Uri($"https://{names.Host}:{server.Port}"), TlsServerName = names.TlsServerName };

        if (names.IsAccepted)
        {
            using var connection = await KubeConnection.OpenAsync(settings);
            return;
        }

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(settings));
        Assert.Equal(KubeConnectionFailure.WrongHostName, error.Reason);
        Assert.Contains($"is not valid for {names.TlsServerName ?? names.Host}. It is valid for ", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_certificate_without_an_alternative_name_is_an_error_with_a_remedy()
    {
        using var certificate = CertificateNames.All.Single(candidate => candidate.Case == "an address only in the common name").CreateCertificate(root);
        var error = await FailsAsync(certificate, KubeConnectionFailure.WrongHostName, root);
        Assert.EndsWith(
            "is not valid for 127.0.0.1. It is valid for no name (the common name of its subject is ignored). Issue a certificate with the name or the address of the server as a subject alternative name.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_certificate_of_a_proxy_is_checked_by_the_same_rule(string name)
    {
        var names = CertificateNames.All.Single(candidate => candidate.Case == name);
        if (names.TlsServerName is not null)
            return;
        using var certificate = names.CreateCertificate(root);
        using var ofServer = TestCertificates.Server(root);
        using var server = new TestServer(TestServer.Kubernetes(), ofServer);
        using var proxy = new TestProxy(certificate);
        var settings = Settings(server, root) with { Proxy = ProxyAddress.FromUri(new Uri($"https://{names.Host}:{proxy.Port}")) };

        if (names.IsAccepted)
        {
            using var connection = await KubeConnection.OpenAsync(settings);
            return;
        }

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(settings));
        Assert.Equal(KubeConnectionFailure.ProxyFailed, error.Reason);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_expired_certificate_is_an_error_with_its_expiration_time()
    {
        using var certificate = TestCertificates.Server(root, end: new DateTimeOffset(DateTime.UtcNow.Date.AddDays(-1), TimeSpan.Zero));
        var error = await FailsAsync(certificate, KubeConnectionFailure.ExpiredCertificate, root);
        Assert.Contains($"to {DateTime.UtcNow.Date.AddDays(-1):u}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tls_server_name_is_requested_and_checked()
    {
        using var certificate = TestCertificates.Server(root, "kubernetes.test");
        using var server = new TestServer(TestServer.Kubernetes(), certificate);
        using var connection = await KubeConnection.OpenAsync(Settings(server, root) with { TlsServerName = "kubernetes.test" });
        Assert.Equal(["kubernetes.test"], server.AskedNames);
        Assert.All(server.Requests, request => Assert.Equal($"127.0.0.1:{server.Port}", request.Headers["Host"]));
    }

    [Fact]
    public async Task A_tls_server_name_that_is_not_in_the_certificate_is_an_error()
    {
        using var certificate = TestCertificates.Server(root);
        using var server = new TestServer(TestServer.Kubernetes(), certificate);
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(Settings(server, root) with { TlsServerName = "kubernetes.test" }));
        Assert.Equal(KubeConnectionFailure.WrongHostName, error.Reason);
        Assert.Contains("is not valid for kubernetes.test. It is valid for localhost, 127.0.0.1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_verification_any_certificate_is_accepted()
    {
        using var certificate = TestCertificates.Server(null, "elsewhere.test", DateTimeOffset.UtcNow.AddDays(-1));
        using var server = new TestServer(TestServer.Kubernetes(), certificate);
        using var connection = await KubeConnection.OpenAsync(new ConnectionSettings { Server = server.Https, SkipCertificateCheck = true });
        Assert.False(connection.ChecksCertificate);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_requests_that_can_be_silent_for_long_use_HTTP_2(bool isWatch)
    {
        using var certificate = TestCertificates.Server(root);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var channel = new ApiChannel(new ConnectionSettings { Server = new Uri($"https://{listener.LocalEndpoint}"), CertificateAuthority = CertificateAuthority.FromCertificates([root]) });
        var asking = channel.OpenAsync(isWatch ? ApiRequest.Watch("/") : ApiRequest.Get("/"), CancellationToken.None);
        using (var client = await listener.AcceptTcpClientAsync())
        {
            listener.Stop();
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            });
            Assert.Equal(isWatch, tls.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2);
        }

        await Assert.ThrowsAsync<KubeConnectionException>(() => asking);
    }

    [Fact]
    public async Task A_CA_without_verification_is_an_error()
    {
        var settings = new ConnectionSettings { Server = new Uri("https://x"), SkipCertificateCheck = true, CertificateAuthority = CertificateAuthority.FromCertificates([root]) };
        await Assert.ThrowsAsync<ConfigurationException>(() => KubeConnection.OpenAsync(settings));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_sent(bool isRsa)
    {
        var (certificate, key) = isRsa ? TestCertificates.RsaClient() is var (c, k) ? (c, (AsymmetricAlgorithm)k) : default
            : TestCertificates.EcClient() is var (d, l) ? (d, l) : default;
        using var server = new TlsServer();
        using var connection = await KubeConnection.OpenAsync(
            server.Settings with { ClientCertificate = ClientCertificate.FromPem(certificate, new SensitiveString(key.ExportPkcs8PrivateKeyPem())) });
        Assert.Equal("client certificate", connection.AuthenticationKind);
        Assert.Contains(isRsa ? "CN=rsa-user" : "CN=ec-user", server.Server.ClientCertificates);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n")]
    public void A_bundle_without_a_complete_certificate_is_an_error(string pem) =>
        Assert.Contains("from here", Assert.Throws<ConfigurationException>(() => CertificateAuthority.FromPem(pem, "here")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_bundle_is_read_from_a_path_or_from_text()
    {
        using var folder = new TestFolder();
        var pem = $"# The bundle\n{root.ExportCertificatePem()}\n{other.ExportCertificatePem()}\n";
        var path = folder.Write("ca.crt", pem);
        Assert.Equal(["CN=root", "CN=other"], CertificateAuthority.FromPathOrPem(pem).Certificates.Select(certificate => certificate.Subject));
        Assert.Equal((2, path), (CertificateAuthority.FromPathOrPem(path).Certificates.Count, CertificateAuthority.FromPathOrPem(path).Source));
        Assert.Contains("/no/such.crt", Assert.Throws<ConfigurationException>(() => CertificateAuthority.FromPathOrPem("/no/such.crt")).Message, StringComparison.Ordinal);
        Assert.Equal(pem, CertificateAuthority.FromPem(pem).Pem);
        Assert.Equal(2, CertificateAuthority.FromPem(CertificateAuthority.FromCertificates([root, other]).Pem).Certificates.Count);
    }

    [Fact]
    public void An_unreadable_certificate_in_a_bundle_does_not_affect_the_others()
    {
        var bundle = CertificateAuthority.FromPem($"-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n-----BEGIN X-----\nQUJD\n-----END X-----\n{root.ExportCertificatePem()}");
        Assert.Equal("CN=root", Assert.Single(bundle.Certificates).Subject);
    }

    private static ConnectionSettings Settings(TestServer server, params X509Certificate2[] bundle) => new()
    {
        Server = server.Https,
        CertificateAuthority = bundle.Length == 0
            ? null
            : CertificateAuthority.FromPem(string.Join('\n', bundle.Select(certificate => certificate.ExportCertificatePem())), "the bundle of this test"),
    };

    private static async Task ConnectAsync(X509Certificate2 certificate, params X509Certificate2[] bundle)
    {
        using var server = new TestServer(TestServer.Kubernetes(), certificate);
        using var connection = await KubeConnection.OpenAsync(Settings(server, bundle));
        Assert.True(connection.ChecksCertificate);
    }

    private static async Task<KubeConnectionException> FailsAsync(
        X509Certificate2 certificate, KubeConnectionFailure reason, params X509Certificate2[] bundle)
    {
        using var server = new TestServer(TestServer.Kubernetes(), certificate);
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(Settings(server, bundle)));
        Assert.Equal(reason, error.Reason);
        Assert.Empty(server.Requests);
        return error;
    }
}
