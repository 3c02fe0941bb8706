using KubeInject.Diagnosis;
using KubeInject.Injector.Settings;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Injector.Sources;

/// <summary>Makes what looks at pods: at their documents, and where that is asked for at the cluster and the source of credentials.</summary>
/// <param name="settings">What is set.</param>
internal sealed class DiagnosticianBuilder(SettingsReader settings) : IDisposable
{
    private readonly SourceBuilder sources = new(settings);

    public void Dispose() => sources.Dispose();

    /// <summary>The cluster; connected once.</summary>
    public Task<KubeConnection> ConnectAsync(CancellationToken cancellationToken) => sources.ConnectAsync(cancellationToken);

    /// <param name="withCluster">Whether to look at the cluster.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SettingException">The settings do not say what is needed.</exception>
    public async Task<PodDiagnostician> BuildAsync(bool withCluster, CancellationToken cancellationToken)
    {
        // A source that is set for injecting is not asked unless this command line names it.
        var source = settings.Option(AllSettings.Source) is null ? null : await sources.BuildAsync(withCluster, cancellationToken);
        var cluster = withCluster ? (await ConnectAsync(cancellationToken)).Objects : null;
        return new PodDiagnostician(cluster: cluster, source: source);
    }
}
