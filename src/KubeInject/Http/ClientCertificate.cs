using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Http;

/// <summary>A certificate with its private key by which a user is known to the API server.</summary>
public sealed class ClientCertificate
{
    private ClientCertificate(X509Certificate2 certificate, X509Certificate2Collection intermediates)
    {
        Certificate = certificate;
        Intermediates = intermediates;
    }

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>What is sent along with the certificate, so that the server can build the chain; often empty.</summary>
    public X509Certificate2Collection Intermediates { get; }

    /// <summary>Reads a certificate and its key from PEM text.</summary>
    /// <param name="certificatePem">The certificate first, intermediates after it.</param>
    /// <param name="keyPem">An unencrypted RSA or ECDSA key: PKCS#1, PKCS#8 or SEC1.</param>
    /// <param name="source">Where both came from, for messages.</param>
    /// <returns>The certificate with its key.</returns>
    /// <exception cref="ConfigurationException">
    /// There is no certificate, the key is missing, encrypted or of another kind, or the two do not belong together.
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
    /// <param name="certificatePath">The file with the certificate, and intermediates after it.</param>
    /// <param name="keyPath">The file with the key; null where it stands in the certificate's file.</param>
    /// <returns>The certificate with its key.</returns>
    /// <exception cref="ConfigurationException">A file cannot be read, or <see cref="FromPem"/> cannot make anything of it.</exception>
    public static ClientCertificate FromFiles(string certificatePath, string? keyPath = null) => FromPem(
        ConfigurationFile.Read(certificatePath, "client certificate"),
        new SensitiveString(ConfigurationFile.Read(keyPath ?? certificatePath, "client key")),
        keyPath is null ? certificatePath : $"{certificatePath} and {keyPath}");

    /// <summary>Takes a certificate that the caller has at hand, such as one of the Windows certificate store.</summary>
    /// <param name="certificate">A certificate with its private key; it stays the caller's to dispose, after the last connection that uses it.</param>
    /// <returns>The certificate.</returns>
    /// <exception cref="ConfigurationException">The certificate comes without its private key.</exception>
    public static ClientCertificate FromCertificate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.HasPrivateKey
            ? new ClientCertificate(certificate, [])
            : throw Unusable(certificate.Subject, "has no private key");
    }

    /// <summary>The subject; never the key.</summary>
    /// <returns>The certificate's subject.</returns>
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
            // Windows' TLS takes no key that lives in memory alone; a round through PKCS#12 gives it a home.
            using (pair)
                return new X509Certificate2(pair.Export(X509ContentType.Pkcs12));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // The inner exception is left out on purpose: nothing that has seen the key goes into a message.
            throw Unusable(source, "has no matching RSA or ECDSA key (PEM: PKCS#1, PKCS#8 or SEC1)");
        }
    }

    private static ConfigurationException Unusable(string source, string reason) =>
        new($"The client certificate from {source} {reason}.");
}
