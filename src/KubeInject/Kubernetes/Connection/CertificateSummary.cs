using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Connection;

/// <summary>What there is to know of a certificate at a glance. Holds no key.</summary>
public sealed record CertificateSummary
{
    /// <summary>Whom the certificate is for: <c>CN=kube-apiserver</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>Who signed it.</summary>
    public required string Issuer { get; init; }

    /// <summary>From when on it is valid.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Until when it is valid.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Whole days until the end; negative after it.</summary>
    public required int DaysLeft { get; init; }

    /// <summary>The SHA-1 of the certificate, by which other tools name it.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>The subject, and the days that are left.</summary>
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

    /// <summary>What a server showed, completed by its authorities as far as they are known: its own certificate first.</summary>
    internal static IReadOnlyList<CertificateSummary> OfChain(IReadOnlyList<byte[]> shown, CertificateAuthority? authority, DateTimeOffset now)
    {
        if (shown.Count == 0)
            return [];
        var certificates = new X509Certificate2Collection();
        foreach (var raw in shown)
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
