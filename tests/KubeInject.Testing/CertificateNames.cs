using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Testing;

/// <summary>The names in a server certificate, and whether it is valid for the server that a client connects to.</summary>
/// <param name="Case">A description of the case.</param>
/// <param name="Host">The host in the server's address: a name or an address of this machine.</param>
/// <param name="CommonName">The common name of the subject.</param>
/// <param name="DnsNames">The DNS names, separated by spaces.</param>
/// <param name="Addresses">The IP addresses, separated by spaces.</param>
/// <param name="IsAccepted">Whether kubectl, and so KubeInject, accepts it.</param>
public sealed record CertificateNames(string Case, string Host, string CommonName, string DnsNames, string Addresses, bool IsAccepted)
{
    /// <summary>The tls-server-name of the client; null for the host.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>All cases.</summary>
    public static IReadOnlyList<CertificateNames> All { get; } =
    [
        new("an address in the IP addresses", "127.0.0.1", "server", "", "10.0.0.1 127.0.0.1", true),
        new("an address only in the common name", "127.0.0.1", "127.0.0.1", "", "", false),
        new("an address in the common name, with other DNS names", "127.0.0.1", "127.0.0.1", "other.test", "", false),
        new("an address in the common name, with other IP addresses", "127.0.0.1", "127.0.0.1", "", "127.0.0.2", false),
        new("an address in the DNS names", "127.0.0.1", "server", "127.0.0.1", "", false),
        new("an address in the common name and in the DNS names", "127.0.0.1", "127.0.0.1", "127.0.0.1", "", false),
        new("another address", "127.0.0.1", "server", "localhost", "127.0.0.2", false),
        new("a wildcard that matches an address as text", "127.0.0.1", "*.0.0.1", "*.0.0.1", "", false),
        new("no names", "127.0.0.1", "server", "", "", false),
        new("a name in the DNS names", "localhost", "server", "other.test localhost", "", true),
        new("a name in uppercase", "localhost", "server", "LOCALHOST", "", true),
        new("a name only in the common name", "localhost", "localhost", "", "", false),
        new("a name in the common name, with other DNS names", "localhost", "localhost", "other.test", "", false),
        new("a name in the common name, with IP addresses", "localhost", "localhost", "", "127.0.0.1", false),
        new("the address of the host name", "localhost", "server", "", "127.0.0.1", false),
        new("a requested name", "127.0.0.1", "server", "kubernetes.test", "", true) { TlsServerName = "kubernetes.test" },
        new("a requested name only in the common name", "127.0.0.1", "kubernetes.test", "other.test", "127.0.0.1", false) { TlsServerName = "kubernetes.test" },
        new("a requested address only in the common name", "localhost", "10.0.0.1", "localhost", "", false) { TlsServerName = "10.0.0.1" },
        new("a requested address", "localhost", "server", "", "10.0.0.1", true) { TlsServerName = "10.0.0.1" },
        new("a wildcard for one label", "127.0.0.1", "server", "*.cluster.test", "", true) { TlsServerName = "api.cluster.test" },
        new("a wildcard for two labels", "127.0.0.1", "server", "*.cluster.test", "", false) { TlsServerName = "api.one.cluster.test" },
        new("a wildcard for no label", "127.0.0.1", "server", "*.cluster.test", "", false) { TlsServerName = "cluster.test" },
        new("a wildcard only in the common name", "127.0.0.1", "*.cluster.test", "other.test", "", false) { TlsServerName = "api.cluster.test" },
    ];

    /// <summary>Creates such a certificate.</summary>
    /// <param name="authority">The CA that signs it.</param>
    public X509Certificate2 CreateCertificate(X509Certificate2 authority)
    {
        ArgumentNullException.ThrowIfNull(authority);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={CommonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        if (DnsNames.Length + Addresses.Length > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (var name in Words(DnsNames))
                names.AddDnsName(name);
            foreach (var address in Words(Addresses))
                names.AddIpAddress(IPAddress.Parse(address));
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authority.GetECDsaPrivateKey()!), authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <inheritdoc/>
    public override string ToString() => Case;

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
