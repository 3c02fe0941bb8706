using System.Security.Cryptography.X509Certificates;

namespace KubeInject.Kubernetes;

/// <summary>The certificates by which a connection knows its server.</summary>
public static class TrustedCertificates
{
    /// <summary>Lists the certificates of which one has to stand behind the server's.</summary>
    /// <param name="settings">What the connection is made of.</param>
    /// <returns>Copies, which are the caller's to dispose: the given ones, else those that this machine trusts; none where nothing is checked.</returns>
    public static IReadOnlyList<X509Certificate2> Of(ConnectionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.SkipCertificateCheck || settings.Server.Scheme != Uri.UriSchemeHttps)
            return [];
        return settings.CertificateAuthority is { } authority
            ? [.. authority.Certificates.Select(certificate => new X509Certificate2(certificate.RawData))]
            : [.. OfMachine(StoreLocation.LocalMachine).Concat(OfMachine(StoreLocation.CurrentUser)).DistinctBy(certificate => certificate.Thumbprint)];
    }

    private static X509Certificate2Collection OfMachine(StoreLocation location)
    {
        using var store = new X509Store(StoreName.Root, location, OpenFlags.ReadOnly);
        return store.Certificates;
    }
}
