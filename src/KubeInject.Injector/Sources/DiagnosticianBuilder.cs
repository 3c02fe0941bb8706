using KubeInject.Diagnosis;
using KubeInject.Injector.Settings;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Injector.Sources;

/// <summary>Creates the diagnostician of pods, with the cluster and the credential source if the command line requests them.</summary>
/// <param name="settings">The settings.</param>
internal sealed class DiagnosticianBuilder(SettingsReader settings) : IDisposable
{
    private readonly SourceBuilder sources = new(settings);

    public void Dispose() => sources.Dispose();

    /// <summary>Connects to the cluster; later calls return the same connection.</summary>
    public Task<KubeConnection> ConnectAsync(CancellationToken cancellationToken) => sources.ConnectAsync(cancellationToken);

    /// <param name="withCluster">Whether to check against the cluster.</param>
    /// <param name="cancellationToken">Cancels the connection.</param>
    /// <exception cref="SettingException">A required setting is missing or invalid.</exception>
    public async Task<PodDiagnostician> BuildAsync(bool withCluster, CancellationToken cancellationToken)
    {
        var annotations = settings.Annotations();

        // A source from the environment or the settings file is for injection; it is checked only if the command line specifies it.
        var source = settings.Option(AllSettings.Source) is null ? null : await sources.BuildAsync(withCluster, cancellationToken).ConfigureAwait(false);
        var cluster = withCluster ? (await ConnectAsync(cancellationToken).ConfigureAwait(false)).Objects : null;
        return new PodDiagnostician(annotations, cluster: cluster, source: source);
    }
}
