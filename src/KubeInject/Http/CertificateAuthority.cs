using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Http;

/// <summary>The certificates that alone are trusted to sign the server's: roots, and intermediates where there are some.</summary>
public sealed class CertificateAuthority
{
    private CertificateAuthority(X509Certificate2Collection certificates, string pem, string source)
    {
        Certificates = certificates;
        Pem = pem;
        Source = source;
    }

    /// <summary>Where the certificates came from, for messages: a path, or the entry of a kubeconfig.</summary>
    public string Source { get; }

    /// <summary>The certificates; at least one.</summary>
    public X509Certificate2Collection Certificates { get; }

    /// <summary>The certificates as PEM text, word for word where they came as such.</summary>
    internal string Pem { get; }

    /// <summary>Reads a bundle of PEM certificates from a file.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The certificates of the file.</returns>
    /// <exception cref="ConfigurationException">The file cannot be read, or holds no certificate.</exception>
    public static CertificateAuthority FromFile(string path) => FromPem(ConfigurationFile.Read(path, "certificate authority"), path);

    /// <summary>Reads a bundle of PEM certificates from text.</summary>
    /// <param name="pem">PEM text with one or more certificates.</param>
    /// <param name="source">Where the text came from, for messages.</param>
    /// <returns>The certificates of the text.</returns>
    /// <exception cref="ConfigurationException">The text holds no certificate, or a broken one.</exception>
    public static CertificateAuthority FromPem(string pem, string source = "the specified PEM text") => FromPem(pem, source, source);

    /// <summary>Reads a bundle as the other overload does.</summary>
    /// <param name="pem">PEM text with one or more certificates.</param>
    /// <param name="source">Where the text came from, for messages about the certificates.</param>
    /// <param name="place">Where it stands, for a message that there are none.</param>
    internal static CertificateAuthority FromPem(string pem, string source, string place)
    {
        ArgumentNullException.ThrowIfNull(pem);
        var certificates = new X509Certificate2Collection();
        var hasBroken = false;
        for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var block); rest = rest[block.Location.End..])
        {
            // As for kubectl, a broken certificate of a bundle does not take the others with it.
            if (rest[block.Label] is "CERTIFICATE")
                hasBroken |= !TryAdd(certificates, rest[block.Base64Data]);
        }

        if (certificates.Count > 0)
            return new CertificateAuthority(certificates, pem, source);
        throw new ConfigurationException($"The certificate authority from {place} contains {(hasBroken ? "a certificate that cannot be read" : "no PEM certificate")}.");
    }

    /// <summary>Takes the path of a bundle, or the bundle itself.</summary>
    /// <param name="pathOrPem">The path of a PEM file, or PEM text with one or more certificates.</param>
    /// <returns>The certificates.</returns>
    /// <exception cref="ConfigurationException">The file cannot be read, or there is no certificate.</exception>
    public static CertificateAuthority FromPathOrPem(string pathOrPem)
    {
        ArgumentNullException.ThrowIfNull(pathOrPem);
        return pathOrPem.Contains("-----BEGIN", StringComparison.Ordinal) ? FromPem(pathOrPem) : FromFile(pathOrPem);
    }

    /// <summary>Takes certificates that the caller has at hand.</summary>
    /// <param name="certificates">The certificates; they stay the caller's to dispose, after the last connection that uses them.</param>
    /// <param name="source">Where they came from, for messages.</param>
    /// <returns>The certificates as an authority.</returns>
    /// <exception cref="ConfigurationException">The collection is empty.</exception>
    public static CertificateAuthority FromCertificates(X509Certificate2Collection certificates, string source = "the specified certificates")
    {
        ArgumentNullException.ThrowIfNull(certificates);
        return certificates.Count > 0
            ? new CertificateAuthority([.. certificates], string.Join('\n', certificates.Select(certificate => certificate.ExportCertificatePem())), source)
            : throw new ConfigurationException($"The certificate authority from {source} contains no certificate.");
    }

    /// <summary>The subjects of the certificates and where they came from.</summary>
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
