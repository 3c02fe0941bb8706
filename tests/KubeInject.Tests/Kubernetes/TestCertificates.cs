using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Tests.Kubernetes;

/// <summary>Creates CAs and certificates of servers and clients.</summary>
internal static class TestCertificates
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddDays(-10);

    public static X509Certificate2 Authority(string subject = "CN=test-ca", X509Certificate2? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return Sign(request, key, issuer, Start.AddDays(100));
    }

    /// <summary>A server certificate for 127.0.0.1 and localhost, or for only the specified name.</summary>
    public static X509Certificate2 Server(X509Certificate2? issuer, string? name = null, DateTimeOffset? end = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test-server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (name is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddDnsName("localhost");
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        return Sign(request, key, issuer, end ?? Start.AddDays(50));
    }

    public static (string Certificate, ECDsa Key) EcClient(string subject = "CN=ec-user")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        return (request.CreateSelfSigned(Start, Start.AddDays(50)).ExportCertificatePem(), key);
    }

    public static (string Certificate, RSA Key) RsaClient(string subject = "CN=rsa-user")
    {
        var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return (request.CreateSelfSigned(Start, Start.AddDays(50)).ExportCertificatePem(), key);
    }

    private static X509Certificate2 Sign(CertificateRequest request, ECDsa key, X509Certificate2? issuer, DateTimeOffset end)
    {
        if (issuer is null)
            return request.CreateSelfSigned(Start, end);
        using var signed = request.Create(issuer, Start, end < issuer.NotAfter ? end : issuer.NotAfter, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
