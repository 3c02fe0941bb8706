using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Connection;

/// <summary>A summary of a certificate, without the key.</summary>
public sealed record CertificateSummary
{
    /// <summary>The subject: <c>CN=kube-apiserver</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The issuer.</summary>
    public required string Issuer { get; init; }

    /// <summary>The start of the validity period.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The end of the validity period.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>The number of whole days until the certificate expires; negative after that.</summary>
    public required int DaysLeft { get; init; }

    /// <summary>The SHA-1 hash of the certificate, as shown by other tools.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>The subject and the remaining days.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Subject}, {(DaysLeft < 0 ? $"expired on {NotAfter:yyyy-MM-dd}" : DaysLeft == 1 ? "1 day left" : $"{DaysLeft} days left")}");

    internal static CertificateSummary Of(X509Certificate2 certificate, DateTimeOffset now) => new()
    {
        Subject = certificate.Subject,
        Issuer = certificate.Issuer,
        NotBefore = certificate.NotBefore.ToUniversalTime(),
        NotAfter = certificate.NotAfter.ToUniversalTime(),
        DaysLeft = (int)Math.Floor((certificate.NotAfter.ToUniversalTime() - now).TotalDays),
        Thumbprint = certificate.Thumbprint,
    };

    /// <summary>Summarizes the certificates that a server presented, completed with known authorities. The server certificate is first.</summary>
    internal static IReadOnlyList<CertificateSummary> OfChain(IReadOnlyList<byte[]> presented, CertificateAuthority? authority, DateTimeOffset now)
    {
        if (presented.Count == 0)
            return [];
        var certificates = new X509Certificate2Collection();
        foreach (var raw in presented)
            certificates.Add(new X509Certificate2(raw));
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllFlags;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ExtraStore.AddRange(certificates);
        if (authority is not null)
            chain.ChainPolicy.ExtraStore.AddRange(authority.Certificates);
        chain.Build(certificates[0]);
        var summaries = chain.ChainElements.Select(element => Of(element.Certificate, now)).ToArray();
        foreach (var certificate in certificates.Concat(chain.ChainElements.Select(element => element.Certificate)))
            certificate.Dispose();
        return summaries;
    }
}
