using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>kubectl and the engine accept the same certificates for a server's name or address.</summary>
public sealed class CertificateNameTests : IDisposable
{
    private const string Version = """{"major":"1","minor":"20","gitVersion":"v1.20.0","platform":"linux/amd64"}""";

    private readonly TemporaryFolder folder = new();
    private readonly X509Certificate2 authority = CreateAuthority();

    public static TheoryData<string> Names => [.. CertificateNames.All.Select(names => names.Case)];

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_engine_accepts_the_certificates_that_kubectl_accepts(string name)
    {
        var names = CertificateNames.All.Single(candidate => candidate.Case == name);
        using var certificate = names.CreateCertificate(authority);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, certificate);
        var server = new Uri($"https://{names.Host}:{((IPEndPoint)listener.LocalEndpoint).Port}");
        folder.Write("ca.crt", authority.ExportCertificatePem());

        var kubectl = await Command.RunAsync(
            "kubectl",
            [
                "--kubeconfig", "/dev/null", "--server", $"{server}", "--certificate-authority", folder.File("ca.crt"), "--token", "some-token",
                .. names.TlsServerName is null ? (string[])[] : ["--tls-server-name", names.TlsServerName],
                "get", "--raw", "/version",
            ],
            home: folder.Path);
        var engine = await AcceptsAsync(new ConnectionSettings { Server = server, CertificateAuthority = CertificateAuthority.FromCertificates([authority]), TlsServerName = names.TlsServerName });
        listener.Stop();
        await serving;

        Assert.True(kubectl.ExitCode == 0 || kubectl.Error.Contains("x509", StringComparison.Ordinal), kubectl.Error);
        Assert.Equal((names.IsAccepted, names.IsAccepted), (kubectl.ExitCode == 0, engine));
    }

    private static async Task<bool> AcceptsAsync(ConnectionSettings settings)
    {
        using var channel = new ApiChannel(settings);
        try
        {
            return (await channel.SendAsync(ApiRequest.Get("/version"), CancellationToken.None)).IsSuccess;
        }
        catch (KubeConnectionException e) when (e.Reason == KubeConnectionFailure.WrongHostName)
        {
            return false;
        }
    }

    /// <summary>Answers each request with a version, over TLS with the specified certificate.</summary>
    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(certificate);
                var request = new byte[16 * 1024];
                if (await tls.ReadAsync(request) > 0)
                    await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Version.Length}\r\nConnection: close\r\n\r\n{Version}"));
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // The client does not accept the certificate.
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private static X509Certificate2 CreateAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=certificate-name-test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
