using System.Security.Cryptography.X509Certificates;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Kubernetes.Connection;

/// <summary>The certificates that a connection trusts.</summary>
internal static class TrustedCertificates
{
    // Runs on a dedicated thread, so that it does not block a thread of the pool.
    private static readonly Lazy<Task> Loading = new(() => Task.Factory.StartNew(
        () =>
        {
            foreach (var certificate in OfMachine(StoreLocation.LocalMachine))
                certificate.Dispose();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default));

    /// <summary>Gets the certificates that are trusted to sign the server certificate.</summary>
    /// <param name="settings">The settings of the connection.</param>
    /// <returns>Copies that the caller disposes of: the certificates of the specified authority, else those that this machine trusts. Empty if the server certificate is not validated.</returns>
    public static IReadOnlyList<X509Certificate2> Of(ConnectionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.SkipCertificateCheck || settings.Server.Scheme != Uri.UriSchemeHttps)
            return [];
        return settings.CertificateAuthority is { } authority
            ? [.. authority.Certificates.Select(certificate => new X509Certificate2(certificate.RawData))]
            : [.. OfMachine(StoreLocation.LocalMachine).Concat(OfMachine(StoreLocation.CurrentUser)).DistinctBy(certificate => certificate.Thumbprint)];
    }

    /// <summary>Loads the trusted certificates in the background, once per process, to speed up the first connection.</summary>
    /// <remarks>
    /// On Linux, .NET reads all certificates that this machine trusts before it validates the first server
    /// certificate, whichever authority is specified. That takes about 100 ms, like reading a kubeconfig.
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
