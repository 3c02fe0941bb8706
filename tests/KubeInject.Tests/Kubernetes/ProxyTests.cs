using System.Net;
using System.Net.Sockets;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Testing;

namespace KubeInject.Tests.Kubernetes;

public sealed class ProxyTests : IDisposable
{
    private readonly TlsServer server = new();

    public void Dispose() => server.Dispose();

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task A_proxy_connects_to_the_server(string scheme)
    {
        using var proxy = new TestProxy();
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Proxy = At(proxy, scheme), Token = new SensitiveString("canary-token") });
        Assert.All(proxy.Targets, target => Assert.Equal($"127.0.0.1:{server.Server.Port}", target));
        Assert.NotEmpty(proxy.Targets);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task The_proxy_resolves_the_address_of_the_server(string scheme)
    {
        using var proxy = new TestProxy();
        using var connection = await KubeConnection.OpenAsync(server.Settings with
        {
            Server = new Uri($"https://only-the-proxy-knows.test:{server.Server.Port}"),
            TlsServerName = "localhost",
            Proxy = At(proxy, scheme),
        });
        Assert.Equal($"only-the-proxy-knows.test:{server.Server.Port}", proxy.Targets[0]);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task The_tls_server_name_is_requested_and_checked_through_a_proxy(string scheme)
    {
        using var root = TestCertificates.Authority();
        using var certificate = TestCertificates.Server(root, "kubernetes.test");
        using var other = new TestServer(TestServer.Kubernetes(), certificate);
        using var proxy = new TestProxy();
        var settings = new ConnectionSettings { Server = other.Https, CertificateAuthority = CertificateAuthority.FromCertificates([root]), Proxy = At(proxy, scheme) };
        using var connection = await KubeConnection.OpenAsync(settings with { TlsServerName = "kubernetes.test" });
        Assert.Equal(["kubernetes.test"], other.AskedNames);
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(settings));
        Assert.Equal(KubeConnectionFailure.WrongHostName, error.Reason);
    }

    [Fact]
    public async Task A_proxy_can_use_TLS_with_a_certificate_of_the_cluster_CA()
    {
        using var root = TestCertificates.Authority();
        using var certificate = TestCertificates.Server(root);
        using var other = new TestServer(TestServer.Kubernetes(), certificate);
        using var proxy = new TestProxy(certificate);
        using var connection = await KubeConnection.OpenAsync(
            new ConnectionSettings { Server = other.Https, CertificateAuthority = CertificateAuthority.FromCertificates([root]), Proxy = At(proxy, "https") });
        Assert.NotEmpty(proxy.Targets);
    }

    [Fact]
    public async Task An_untrusted_proxy_receives_nothing()
    {
        using var certificate = TestCertificates.Server(null);
        using var proxy = new TestProxy(certificate);
        var error = await FailsAsync(new UriBuilder("https", "127.0.0.1", proxy.Port) { UserName = "me", Password = "canary" }.Uri);
        Assert.Contains("presented a certificate that is not trusted", error.Message, StringComparison.Ordinal);
        Assert.Empty(proxy.Targets);
    }

    [Theory]
    [InlineData("http", "me:canary")]
    [InlineData("socks5", "me:canary")]
    [InlineData("http", "m%40:%3Acanary%2F")]
    [InlineData("socks5", "m%40:%3Acanary%2F")]
    public async Task A_proxy_receives_username_and_password(string scheme, string credential)
    {
        using var proxy = new TestProxy { Credential = Uri.UnescapeDataString(credential) };
        var address = new Uri($"{scheme}://{credential}@127.0.0.1:{proxy.Port}");
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Proxy = ProxyAddress.FromUri(address) });
        Assert.NotEmpty(proxy.Targets);
    }

    [Theory]
    [InlineData("http", "", "requires a username and a password")]
    [InlineData("socks5", "", "requires a username and a password")]
    [InlineData("http", "me:canary@", "does not accept the username and the password")]
    [InlineData("socks5", "me:canary@", "does not accept the username and the password")]
    public async Task A_proxy_that_rejects_the_user_is_reported(string scheme, string credential, string message)
    {
        using var proxy = new TestProxy { Credential = "someuser:else" };
        var error = await FailsAsync(new Uri($"{scheme}://{credential}127.0.0.1:{proxy.Port}"));
        Assert.Contains($"The proxy {scheme}://127.0.0.1:{proxy.Port} {message}", error.Message, StringComparison.Ordinal);
        Assert.Empty(proxy.Targets);
    }

    [Theory]
    [InlineData("http", "HTTP/1.1 503 x\r\n\r\n", "it answered 503")]
    [InlineData("http", "220 mail ESMTP\r\n\r\n", "does not respond like an HTTP proxy")]
    [InlineData("http", "HTTP/1.1 2x0 x\r\n\r\n", "does not respond like an HTTP proxy")]
    [InlineData("http", "HTTP/1.1 200", "closed the connection")]
    [InlineData("http", "", "closed the connection")]
    [InlineData("socks5", "HTTP/1.1 400 x\r\n\r\n", "does not respond like a SOCKS proxy")]
    [InlineData("socks5", "\u0005", "closed the connection")]
    [InlineData("socks5", "\u0005\u0000\u0005\u0002\u0000\u0001", "it answered 2")]
    [InlineData("socks5", "\u0005\u00ff", "requires a username and a password")]
    public async Task A_proxy_that_cannot_connect_is_reported(string scheme, string answer, string message)
    {
        using var proxy = new TestProxy { Answer = System.Text.Encoding.Latin1.GetBytes(answer) };
        var error = await FailsAsync(new Uri($"{scheme}://127.0.0.1:{proxy.Port}"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_with_an_endless_response_is_not_a_proxy()
    {
        using var proxy = new TestProxy { Answer = new byte[100_000] };
        Assert.Contains("does not respond like an HTTP proxy", (await FailsAsync(new Uri($"http://127.0.0.1:{proxy.Port}"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_proxy_is_not_reported_as_a_missing_server()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var error = await FailsAsync(new Uri($"http://me:canary@127.0.0.1:{port}"));
        Assert.StartsWith($"The proxy http://127.0.0.1:{port} cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_SOCKS_proxy_that_cannot_reach_the_server_is_reported()
    {
        using var proxy = new TestProxy();
        var error = await Assert.ThrowsAsync<KubeConnectionException>(
            () => KubeConnection.OpenAsync(new ConnectionSettings { Server = new Uri("https://127.0.0.1:1"), Proxy = At(proxy, "socks5") }));
        Assert.Equal(KubeConnectionFailure.ProxyFailed, error.Reason);
        Assert.Contains("does not connect to 127.0.0.1:1: it answered 5", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task A_server_without_TLS_can_be_reached_through_a_proxy(string scheme)
    {
        using var plain = new TestServer(TestServer.Kubernetes());
        using var proxy = new TestProxy();
        using var connection = await KubeConnection.OpenAsync(new ConnectionSettings { Server = plain.Http, Proxy = At(proxy, scheme) });
        Assert.Contains($"127.0.0.1:{plain.Port}", proxy.Targets);
    }

    [Fact]
    public async Task The_proxy_of_the_environment_applies_if_the_settings_have_none()
    {
        using var proxy = new TestProxy();
        using var settingsProxy = new TestProxy();
        var settings = server.Settings with
        {
            Server = new Uri($"https://only-the-proxy-knows.test:{server.Server.Port}"),
            TlsServerName = "localhost",
            Environment = new KubeEnvironment { Variable = name => name == "HTTPS_PROXY" ? $"http://127.0.0.1:{proxy.Port}" : null },
        };
        using (await KubeConnection.OpenAsync(settings))
            Assert.NotEmpty(proxy.Targets);
        var count = proxy.Targets.Count;
        using (await KubeConnection.OpenAsync(settings with { Proxy = At(settingsProxy, "http") }))
            Assert.Equal((count, true), (proxy.Targets.Count, settingsProxy.Targets.Count > 0));
    }

    [Theory]
    [InlineData("proxy.test:3128")]
    [InlineData("ftp://me:canary@proxy.test")]
    public void An_invalid_proxy_is_an_error_that_does_not_show_it(string address)
    {
        var error = Assert.Throws<ConfigurationException>(() => ProxyAddress.FromUri(new Uri(address, UriKind.RelativeOrAbsolute)));
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_prints_no_password()
    {
        var proxy = ProxyAddress.FromUri(new Uri("https://me:canary@proxy.test:8443/path"));
        Assert.Equal(("https://proxy.test:8443", "me", "canary"), (proxy.ToString(), proxy.Username, proxy.Password!.Reveal()));
        Assert.DoesNotContain("canary", $"{new ConnectionSettings { Server = new Uri("https://x"), Proxy = proxy }}", StringComparison.Ordinal);
    }

    private static ProxyAddress At(TestProxy proxy, string scheme) => ProxyAddress.FromUri(new Uri($"{scheme}://127.0.0.1:{proxy.Port}"));

    private async Task<KubeConnectionException> FailsAsync(Uri proxy)
    {
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(server.Settings with { Proxy = ProxyAddress.FromUri(proxy) }));
        Assert.Equal(KubeConnectionFailure.ProxyFailed, error.Reason);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Server.Requests);
        return error;
    }
}
