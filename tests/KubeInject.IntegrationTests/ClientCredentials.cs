using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace KubeInject.IntegrationTests;

/// <summary>Creates certificates and ServiceAccount tokens that the test cluster, or its clients, accept.</summary>
internal static class ClientCredentials
{
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";

    public static (string CertificatePem, ECDsa Key) Ec(string user, X509Certificate2? issuer = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        return (Sign(new CertificateRequest($"CN={user}", key, HashAlgorithmName.SHA256), issuer, ClientUse), key);
    }

    public static (string CertificatePem, RSA Key) Rsa(string user)
    {
        var key = RSA.Create(2048);
        return (Sign(new CertificateRequest($"CN={user}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), null, ClientUse), key);
    }

    /// <summary>A certificate for an API server on this machine.</summary>
    public static (string CertificatePem, ECDsa Key) Server(X509Certificate2 issuer)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return (Sign(request, issuer, ServerUse), key);
    }

    /// <summary>An intermediate CA of the cluster.</summary>
    public static X509Certificate2 Intermediate()
    {
        using var root = Root();
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubeinject-intermediate", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.Create(root, root.NotBefore, root.NotAfter.AddDays(-1), RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
    }

    public static string SigningRequest()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=nouser", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
    }

    /// <summary>A ServiceAccount token with the specified expiration, signed with the key of the cluster.</summary>
    public static string Token(string @namespace, string account, string uid, DateTimeOffset end)
    {
        var claims = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["iss"] = "https://kubernetes.default.svc",
            ["aud"] = new[] { "https://kubernetes.default.svc" },
            ["sub"] = $"system:serviceaccount:{@namespace}:{account}",
            ["exp"] = end.ToUnixTimeSeconds(),
            ["iat"] = end.AddMinutes(-10).ToUnixTimeSeconds(),
            ["nbf"] = end.AddMinutes(-10).ToUnixTimeSeconds(),
            ["kubernetes.io"] = new { @namespace, serviceaccount = new { name = account, uid } },
        });
        using var key = ECDsa.Create();
        key.ImportFromPem(TestCluster.ReadText("sa.key"));
        var text = $"{Base64Url("""{"alg":"ES256"}"""u8)}.{Base64Url(Encoding.UTF8.GetBytes(claims))}";
        return $"{text}.{Base64Url(key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    /// <summary>The claims of a token.</summary>
    public static JsonElement Claims(string token)
    {
        var part = token.Split('.')[1].Replace('-', '+').Replace('_', '/');
        return JsonSerializer.Deserialize<JsonElement>(Convert.FromBase64String(part.PadRight((part.Length + 3) / 4 * 4, '=')));
    }

    private static X509Certificate2 Root() => X509Certificate2.CreateFromPem(TestCluster.ReadText("ca.crt"), TestCluster.ReadText("ca.key"));

    private static string Sign(CertificateRequest request, X509Certificate2? issuer, string use)
    {
        using var root = issuer is null ? Root() : null;
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        var signer = issuer ?? root!;
        using var certificate = request.Create(signer.SubjectName, X509SignatureGenerator.CreateForECDsa(signer.GetECDsaPrivateKey()!), signer.NotBefore, signer.NotAfter.AddDays(-2), RandomNumberGenerator.GetBytes(8));
        return certificate.ExportCertificatePem();
    }

    private static string Base64Url(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
