using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Tests.Kubernetes;

/// <summary>Connections that end after the TLS handshake and before the settings of HTTP/2.</summary>
public class HandshakeTests
{
    private const int PrefaceLength = 24;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_ends_during_the_HTTP_2_handshake_is_a_lost_connection(bool reset)
    {
        using var authority = TestCertificates.Authority();
        using var certificate = TestCertificates.Server(authority);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var settings = new ConnectionSettings
        {
            Server = new Uri($"https://{listener.LocalEndpoint}"),
            CertificateAuthority = CertificateAuthority.FromPem(authority.ExportCertificatePem()),
        };
        using var connection = new KubeConnection(settings, KubeRetryPolicy.Default with { Attempts = 1 });
        var watch = connection.Channel.OpenAsync(ApiRequest.Watch("/api/v1/pods?watch=true"), CancellationToken.None);
        using (var socket = await listener.AcceptSocketAsync())
        {
            await using var stream = new SslStream(new NetworkStream(socket));
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = [SslApplicationProtocol.Http2] });
            await stream.ReadExactlyAsync(new byte[PrefaceLength]);
            if (reset)
                socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => watch);
        Assert.Equal(KubeConnectionFailure.Unreachable, error.Reason);
    }
}
