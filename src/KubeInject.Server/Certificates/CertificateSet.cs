using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Certificates;

/// <summary>The certificates that all replicas share. There is a next certificate authority, or a previous one, but never both.</summary>
/// <param name="Authority">The certificate authority that signs, with its key.</param>
/// <param name="Serving">The serving certificate, with its key. Null if it cannot be used.</param>
internal sealed record CertificateSet(X509Certificate2 Authority, X509Certificate2? Serving)
{
    /// <summary>The certificate authority that API servers already trust, and that signs later, with its key.</summary>
    public X509Certificate2? NextAuthority { get; init; }

    /// <summary>The certificate authority that no longer signs, and that API servers trust as long as its serving certificates are valid.</summary>
    public X509Certificate2? PreviousAuthority { get; init; }

    /// <summary>
    /// Since when the next authority is in the webhook configuration (null if it is not yet there), or since when the previous one
    /// no longer signs.
    /// </summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The certificate authorities to trust, as PEM.</summary>
    public string Bundle => string.Join('\n', new[] { Authority, NextAuthority, PreviousAuthority }.OfType<X509Certificate2>().Select(authority => authority.ExportCertificatePem())) + "\n";

    /// <summary>The end of a certificate.</summary>
    public static DateTimeOffset EndOf(X509Certificate2 certificate) => certificate.NotAfter;
}
