using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Tests.Kubernetes;

public class UnspecifiedAddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    public async Task An_unspecified_address_connects_to_this_machine_like_kubectl(string host)
    {
        using var server = new TestServer(TestServer.Kubernetes());
        using var connection = await KubeConnection.OpenAsync(new ConnectionSettings { Server = new Uri($"http://{host}:{server.Port}") });
        Assert.NotEmpty(server.Requests);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    public async Task The_certificate_must_be_valid_for_the_unspecified_address(string host)
    {
        using var root = TestCertificates.Authority();
        using var certificate = TestCertificates.Server(root, "kubernetes.test");
        using var server = new TestServer(TestServer.Kubernetes(), certificate);
        var settings = new ConnectionSettings { Server = new Uri($"https://{host}:{server.Port}"), CertificateAuthority = CertificateAuthority.FromCertificates([root]) };
        using var connection = await KubeConnection.OpenAsync(settings with { TlsServerName = "kubernetes.test" });
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => KubeConnection.OpenAsync(settings));
        Assert.Equal(KubeConnectionFailure.WrongHostName, error.Reason);
    }

    [Fact]
    public void A_proxy_is_used_for_an_unspecified_address_unless_NO_PROXY_contains_it()
    {
        var server = new Uri("https://0.0.0.0:6443");
        Assert.NotNull(EnvironmentProxy.For(server, name => name == "HTTPS_PROXY" ? "http://proxy.test" : null));
        Assert.Null(EnvironmentProxy.For(server, name => name == "HTTPS_PROXY" ? "http://proxy.test" : name == "NO_PROXY" ? "0.0.0.0" : null));
    }
}
