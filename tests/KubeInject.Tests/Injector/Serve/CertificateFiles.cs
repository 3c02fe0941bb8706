using System.Security.Cryptography.X509Certificates;
using KubeInject.Tests.Kubernetes;

namespace KubeInject.Tests.Injector.Serve;

/// <summary>The files of a serving certificate and its key, in a folder that is deleted after the test.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private readonly TestFolder folder = new();

    public CertificateFiles() => Write(New());

    public string Certificate => Path.Combine(folder.Path, "tls.crt");

    public string Key => Path.Combine(folder.Path, "tls.key");

    public static X509Certificate2 New() => TestCertificates.Server(issuer: null);

    public void Write(X509Certificate2 certificate)
    {
        WriteCertificate(certificate);
        WriteKey(certificate);
    }

    public void WriteCertificate(X509Certificate2 certificate) => folder.Write("tls.crt", certificate.ExportCertificatePem());

    public void WriteKey(X509Certificate2 certificate) => folder.Write("tls.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

    public void Dispose() => folder.Dispose();
}
