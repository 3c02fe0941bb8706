using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Http;

/// <summary>The only certificates that are trusted to sign the certificate of a server: root certificates and, optionally, intermediate certificates.</summary>
public sealed class CertificateAuthority
{
    private CertificateAuthority(X509Certificate2Collection certificates, string pem, string source)
    {
        Certificates = certificates;
        Pem = pem;
        Source = source;
    }

    /// <summary>The source of the certificates for messages: a path, or an entry of a kubeconfig.</summary>
    public string Source { get; }

    /// <summary>At least one certificate.</summary>
    public X509Certificate2Collection Certificates { get; }

    /// <summary>The certificates as PEM text, unchanged if they were read as PEM text.</summary>
    internal string Pem { get; }

    /// <summary>Reads a bundle of PEM certificates from a file.</summary>
    /// <param name="path">A PEM file with one or more certificates.</param>
    /// <returns>The authority.</returns>
    /// <exception cref="ConfigurationException">The file cannot be read or contains no valid certificate.</exception>
    public static CertificateAuthority FromFile(string path) => FromPem(ConfigurationFile.Read(path, "certificate authority"), path);

    /// <summary>Reads a bundle of PEM certificates from text.</summary>
    /// <param name="pem">PEM text with one or more certificates.</param>
    /// <param name="source">The source of the text for messages.</param>
    /// <returns>The authority.</returns>
    /// <exception cref="ConfigurationException">The text contains no valid certificate.</exception>
    public static CertificateAuthority FromPem(string pem, string source = "the specified PEM text") => FromPem(pem, source, source);

    /// <summary>Reads a bundle of PEM certificates from text, with a separate location for the error message.</summary>
    /// <param name="pem">PEM text with one or more certificates.</param>
    /// <param name="source">The value of <see cref="Source"/>.</param>
    /// <param name="location">The location of the text for the error that it contains no valid certificate.</param>
    internal static CertificateAuthority FromPem(string pem, string source, string location)
    {
        ArgumentNullException.ThrowIfNull(pem);
        var certificates = new X509Certificate2Collection();
        var hasInvalid = false;
        for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var block); rest = rest[block.Location.End..])
        {
            // Like kubectl, ignore an invalid certificate if the bundle contains a valid one.
            if (rest[block.Label] is "CERTIFICATE")
                hasInvalid |= !TryAdd(certificates, rest[block.Base64Data]);
        }

        if (certificates.Count > 0)
            return new CertificateAuthority(certificates, pem, source);
        throw new ConfigurationException($"The certificate authority from {location} contains {(hasInvalid ? "a certificate that cannot be read" : "no PEM certificate")}.");
    }

    /// <summary>Reads a bundle of PEM certificates from a file or from text.</summary>
    /// <param name="pathOrPem">The path of a PEM file, or PEM text with one or more certificates.</param>
    /// <returns>The authority.</returns>
    /// <exception cref="ConfigurationException">The file cannot be read, or it or the text contains no valid certificate.</exception>
    public static CertificateAuthority FromPathOrPem(string pathOrPem)
    {
        ArgumentNullException.ThrowIfNull(pathOrPem);
        return pathOrPem.Contains("-----BEGIN", StringComparison.Ordinal) ? FromPem(pathOrPem) : FromFile(pathOrPem);
    }

    /// <summary>Creates an authority from certificates.</summary>
    /// <param name="certificates">At least one certificate. The caller disposes of the certificates after the last connection that uses them.</param>
    /// <param name="source">The source of the certificates for messages.</param>
    /// <returns>The authority.</returns>
    /// <exception cref="ConfigurationException">The collection is empty.</exception>
    public static CertificateAuthority FromCertificates(X509Certificate2Collection certificates, string source = "the specified certificates")
    {
        ArgumentNullException.ThrowIfNull(certificates);
        return certificates.Count > 0
            ? new CertificateAuthority([.. certificates], string.Join('\n', certificates.Select(certificate => certificate.ExportCertificatePem())), source)
            : throw new ConfigurationException($"The certificate authority from {source} contains no certificate.");
    }

    /// <summary>The subjects and the source of the certificates.</summary>
    /// <returns>One line, for messages.</returns>
    public override string ToString() => $"{string.Join("; ", Certificates.Select(certificate => certificate.Subject))} from {Source}";

    private static bool TryAdd(X509Certificate2Collection certificates, ReadOnlySpan<char> base64)
    {
        try
        {
            certificates.Add(new X509Certificate2(Convert.FromBase64String(base64.ToString())));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
