using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Http;

/// <summary>A certificate with a private key that authenticates a user to a server.</summary>
public sealed class ClientCertificate
{
    private ClientCertificate(X509Certificate2 certificate, X509Certificate2Collection intermediates)
    {
        Certificate = certificate;
        Intermediates = intermediates;
    }

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The intermediate certificates that are sent with the certificate, so that the server can build the chain. Often empty.</summary>
    public X509Certificate2Collection Intermediates { get; }

    /// <summary>Reads a certificate and its private key from PEM text.</summary>
    /// <param name="certificatePem">The certificate, optionally followed by intermediate certificates.</param>
    /// <param name="keyPem">An unencrypted RSA or ECDSA key: PKCS#1, PKCS#8 or SEC1.</param>
    /// <param name="source">The source of both for messages.</param>
    /// <returns>The certificate with its key.</returns>
    /// <exception cref="ConfigurationException">
    /// The certificate or the key is missing or not valid, the key is encrypted, or they do not match.
    /// </exception>
    public static ClientCertificate FromPem(string certificatePem, SensitiveString keyPem, string source = "the specified PEM text")
    {
        ArgumentNullException.ThrowIfNull(keyPem);
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(certificatePem);
        }
        catch (CryptographicException)
        {
            throw Unusable(source, "contains a certificate that cannot be read");
        }

        if (chain.Count == 0)
            throw Unusable(source, "contains no PEM certificate");
        var leaf = WithKey(chain[0], keyPem.Reveal(), source);
        chain.RemoveAt(0);
        return new ClientCertificate(leaf, chain);
    }

    /// <summary>Reads a certificate and its key from PEM files.</summary>
    /// <param name="certificatePath">A file with the certificate, optionally followed by intermediate certificates.</param>
    /// <param name="keyPath">A file with the key; null if the certificate file contains the key.</param>
    /// <returns>The certificate with its key.</returns>
    /// <exception cref="ConfigurationException">A file cannot be read, or <see cref="FromPem"/> rejects its content.</exception>
    public static ClientCertificate FromFiles(string certificatePath, string? keyPath = null) => FromPem(
        ConfigurationFile.Read(certificatePath, "client certificate"),
        new SensitiveString(ConfigurationFile.Read(keyPath ?? certificatePath, "client key")),
        keyPath is null ? certificatePath : $"{certificatePath} and {keyPath}");

    /// <summary>Uses an existing certificate, such as one from the Windows certificate store.</summary>
    /// <param name="certificate">A certificate with its private key. The caller disposes of it after the last connection that uses it.</param>
    /// <returns>The certificate.</returns>
    /// <exception cref="ConfigurationException">The certificate has no private key.</exception>
    public static ClientCertificate FromCertificate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.HasPrivateKey
            ? new ClientCertificate(certificate, [])
            : throw Unusable(certificate.Subject, "has no private key");
    }

    /// <summary>The subject of the certificate.</summary>
    /// <returns>The subject, without the key.</returns>
    public override string ToString() => Certificate.Subject;

    private static X509Certificate2 WithKey(X509Certificate2 certificate, string key, string source)
    {
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw Unusable(source, "has an encrypted key, and its passphrase cannot be specified; decrypt the key");
        try
        {
            var pair = X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), key);
            if (!OperatingSystem.IsWindows())
                return pair;
            // TLS on Windows does not accept ephemeral keys. An export to PKCS#12 and an import persist the key.
            using (pair)
                return new X509Certificate2(pair.Export(X509ContentType.Pkcs12));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // No inner exception, because its message could contain parts of the key.
            throw Unusable(source, "has no matching RSA or ECDSA key (PEM: PKCS#1, PKCS#8 or SEC1)");
        }
    }

    private static ConfigurationException Unusable(string source, string reason) =>
        new($"The client certificate from {source} {reason}.");
}
