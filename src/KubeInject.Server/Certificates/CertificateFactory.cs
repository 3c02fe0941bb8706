using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Certificates;

/// <summary>Creates certificates, and checks whether a certificate is one of them.</summary>
internal static class CertificateFactory
{
    private static readonly X500DistinguishedName AuthoritySubject = new("CN=kubeinject-ca");
    private static readonly X500DistinguishedName ServingSubject = new("CN=kubeinject");
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    // The clock of an API server can be behind.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    /// <summary>Creates a certificate authority.</summary>
    public static X509Certificate2 CreateAuthority(DateTimeOffset now, RotationTimes times)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(AuthoritySubject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - ClockTolerance, now + times.AuthorityLifetime);
    }

    /// <summary>Creates a serving certificate, which ends before its authority at the latest.</summary>
    /// <param name="authority">The authority that signs.</param>
    /// <param name="hosts">The host names and IP addresses that API servers use.</param>
    /// <param name="now">The current time.</param>
    /// <param name="times">The lifetimes.</param>
    public static X509Certificate2 CreateServing(X509Certificate2 authority, IReadOnlyList<string> hosts, DateTimeOffset now, RotationTimes times)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(ServingSubject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var (first, last) = (new DateTimeOffset(authority.NotBefore), CertificateSet.EndOf(authority));
        var (start, end) = (now - ClockTolerance, now + times.ServingLifetime);
        using var signed = request.Create(authority, start < first ? first : start, end > last ? last : end, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>Whether a certificate is an authority that <see cref="CreateAuthority"/> has created.</summary>
    public static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(AuthoritySubject.RawData)
        && certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    /// <summary>Whether a certificate, at a time when it is valid, is a serving certificate of an authority for these hosts.</summary>
    public static bool IsServing(X509Certificate2 certificate, X509Certificate2 authority, IReadOnlyList<string> hosts)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => $"{address}")));
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                ApplicationPolicy = { ServerAuthentication },
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid,
            },
        };
        return hosts.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(names) && chain.Build(certificate);
    }
}
