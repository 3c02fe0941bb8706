using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Kubernetes;

/// <summary>The certificates that alone are trusted to sign the server's: roots, and intermediates where there are some.</summary>
public sealed class CertificateAuthority
{
    private CertificateAuthority(X509Certificate2Collection certificates, string source)
    {
        Certificates = certificates;
        Source = source;
    }

    /// <summary>Where the certificates came from, for messages: a path, or the entry of a kubeconfig.</summary>
    public string Source { get; }

    /// <summary>The certificates; at least one.</summary>
    public X509Certificate2Collection Certificates { get; }

    /// <summary>Reads a bundle of PEM certificates from a file.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The certificates of the file.</returns>
    /// <exception cref="KubeConfigurationException">The file cannot be read, or holds no certificate.</exception>
    public static CertificateAuthority FromFile(string path) => FromPem(ConfigurationFile.Read(path, "certificate authority"), path);

    /// <summary>Reads a bundle of PEM certificates from text.</summary>
    /// <param name="pem">PEM text with one or more certificates.</param>
    /// <param name="source">Where the text came from, for messages.</param>
    /// <returns>The certificates of the text.</returns>
    /// <exception cref="KubeConfigurationException">The text holds no certificate, or a broken one.</exception>
    public static CertificateAuthority FromPem(string pem, string source = "the given PEM text")
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new KubeConfigurationException($"The certificate authority from {source} holds a certificate that cannot be read.");
        }

        return FromCertificates(certificates, source);
    }

    /// <summary>Takes certificates that the caller has at hand.</summary>
    /// <param name="certificates">The certificates; they stay the caller's to dispose, after the last connection that uses them.</param>
    /// <param name="source">Where they came from, for messages.</param>
    /// <returns>The certificates as an authority.</returns>
    /// <exception cref="KubeConfigurationException">The collection is empty.</exception>
    public static CertificateAuthority FromCertificates(X509Certificate2Collection certificates, string source = "the given certificates")
    {
        ArgumentNullException.ThrowIfNull(certificates);
        return certificates.Count > 0
            ? new CertificateAuthority([.. certificates], source)
            : throw new KubeConfigurationException($"The certificate authority from {source} holds no PEM certificate.");
    }

    /// <summary>The subjects of the certificates and where they came from.</summary>
    /// <returns>One line, for messages.</returns>
    public override string ToString() => $"{string.Join("; ", Certificates.Select(certificate => certificate.Subject))} from {Source}";
}
