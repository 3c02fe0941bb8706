using System.Net;
using System.Net.Sockets;
using KubeInject.Http;

namespace KubeInject.Tests.Kubernetes;

public class ConnectionPoolTests
{
    [Fact]
    public async Task A_retired_pool_completes_a_waiting_request()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var pool = new ConnectionPool(null, new SocketsHttpHandler());
        pool.Enter();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{listener.LocalEndpoint}");
        var sending = pool.SendAsync(request, default);
        using var server = await listener.AcceptTcpClientAsync();
        pool.Retire();
        var stream = server.GetStream();
        await stream.WriteAsync("HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\na"u8.ToArray());
        using var response = await sending;
        pool.Leave();

        // All connections are closed except the one with the response.
        await stream.WriteAsync("b"u8.ToArray());
        Assert.Equal("ab", await response.Content.ReadAsStringAsync());
        using var another = new HttpRequestMessage(HttpMethod.Get, $"http://{listener.LocalEndpoint}");
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.SendAsync(another, default));
    }

    [Fact]
    public void A_pool_belongs_to_one_certificate()
    {
        var (certificate, key) = TestCertificates.EcClient();
        var one = ClientCertificate.FromPem(certificate, new SensitiveString(key.ExportECPrivateKeyPem()));
        var same = ClientCertificate.FromPem(certificate, new SensitiveString(key.ExportPkcs8PrivateKeyPem()));
        var (otherCertificate, otherKey) = TestCertificates.EcClient();
        var other = ClientCertificate.FromPem(otherCertificate, new SensitiveString(otherKey.ExportECPrivateKeyPem()));
        using var pool = new ConnectionPool(one, new SocketsHttpHandler());
        Assert.Equal((true, true, false, false), (pool.Shows(one), pool.Shows(same), pool.Shows(other), pool.Shows(null)));
    }
}
