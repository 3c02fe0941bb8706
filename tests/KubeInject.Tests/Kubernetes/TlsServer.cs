using System.Security.Cryptography.X509Certificates;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Tests.Kubernetes;

/// <summary>A server with a certificate, and the settings that trust it.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly X509Certificate2 authority = TestCertificates.Authority();
    private readonly X509Certificate2 certificate;

    public TlsServer(Func<TestServer.Request, TestServer.Response>? answer = null)
    {
        certificate = TestCertificates.Server(authority);
        Server = new TestServer(answer ?? TestServer.Kubernetes(), certificate);
        Settings = new ConnectionSettings { Server = Server.Https, CertificateAuthority = CertificateAuthority.FromPem(authority.ExportCertificatePem()) };
    }

    public TestServer Server { get; }

    public ConnectionSettings Settings { get; }

    public void Dispose()
    {
        Server.Dispose();
        certificate.Dispose();
        authority.Dispose();
    }
}
