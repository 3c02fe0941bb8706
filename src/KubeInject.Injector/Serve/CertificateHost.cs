using KubeInject.Certificates;
using KubeInject.Injector.Settings;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Injector.Serve;

/// <summary>Manages the certificates of the webhook in this process.</summary>
internal sealed class CertificateHost : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly KubeConnection cluster;
    private readonly ServeLog log;
    private readonly Task running;

    private CertificateHost(KubeConnection cluster, ManagedCertificateOptions managed, ServeOptions options)
    {
        this.cluster = cluster;
        log = new ServeLog(options, typeof(CertificateHost));
        Manager = new CertificateManager(
            new KubeCertificateStore(cluster.Objects, managed.Namespace, managed.Secret),
            new KubeWebhookTrust(cluster.Objects, managed.WebhookConfiguration, managed.Hosts),
            managed.Hosts,
            new RotationTimes(),
            TimeProvider.System,
            log);
        running = Manager.RunAsync(stop.Token);
    }

    /// <summary>The certificates.</summary>
    public CertificateManager Manager { get; }

    /// <summary>Starts to manage the certificates. The cluster need not be available yet.</summary>
    /// <exception cref="SettingException">The connection to the cluster is not configured.</exception>
    public static CertificateHost Start(SettingsReader settings, ServeOptions options, ManagedCertificateOptions managed)
    {
        TrustedCertificates.Preload();
        try
        {
            return new CertificateHost(KubeConnection.Create(ConnectionSettings.Find(settings.Path(AllSettings.Kubeconfig), settings.Text(AllSettings.Context))), managed, options);
        }
        catch (ConfigurationException exception)
        {
            throw new SettingException($"{exception.Message} The webhook manages its certificate in the cluster, unless {AllSettings.TlsCert.Option} and {AllSettings.TlsKey.Option} are specified.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        cluster.Dispose();
        log.Dispose();
        stop.Dispose();
    }
}
