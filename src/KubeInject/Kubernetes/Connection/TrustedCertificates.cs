using System.Security.Cryptography.X509Certificates;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Kubernetes.Connection;

/// <summary>The certificates by which a connection knows its server.</summary>
public static class TrustedCertificates
{
    // A thread of its own: nobody waits for it, and those of the pool have requests to make.
    private static readonly Lazy<Task> Loading = new(() => Task.Factory.StartNew(
        () =>
        {
            foreach (var certificate in OfMachine(StoreLocation.LocalMachine))
                certificate.Dispose();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default));

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

    /// <summary>Begins, in the background and once a process, what making a connection would otherwise wait for.</summary>
    /// <remarks>
    /// On Linux the platform reads all certificates that this machine trusts before it looks at the first one of a
    /// server, by whatever that is to be trusted. That takes a tenth of a second; so does reading a kubeconfig.
    /// </remarks>
    public static void Preload()
    {
        if (OperatingSystem.IsLinux())
            _ = Loading.Value;
    }

    private static X509Certificate2Collection OfMachine(StoreLocation location)
    {
        using var store = new X509Store(StoreName.Root, location, OpenFlags.ReadOnly);
        return store.Certificates;
    }
}
