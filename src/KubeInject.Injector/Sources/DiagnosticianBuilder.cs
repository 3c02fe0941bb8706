using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Injector.Settings;
using KubeInject.Kubernetes.Connection;
using KubeInject.Leases;

namespace KubeInject.Injector.Sources;

/// <summary>Creates diagnosticians of pods, with the cluster and the credential source if the command line requests them.</summary>
/// <param name="settings">The settings.</param>
internal sealed class DiagnosticianBuilder(SettingsReader settings) : IDisposable
{
    private readonly SourceBuilder sources = new(settings);
    private readonly Dictionary<InjectionOptions, PodDiagnostician> diagnosticians = [];
    private CredentialSource? source;

    public void Dispose() => sources.Dispose();

    /// <summary>Connects to the cluster; later calls return the same connection.</summary>
    public Task<KubeConnection> ConnectAsync(CancellationToken cancellationToken) => sources.ConnectAsync(cancellationToken);

    /// <summary>Creates a diagnostician; later calls with the same settings of the annotations return the same one.</summary>
    /// <param name="annotations">The settings of the annotations.</param>
    /// <param name="withCluster">Whether to check against the cluster.</param>
    /// <param name="cancellationToken">Cancels the connection.</param>
    /// <exception cref="SettingException">A required setting is missing or invalid.</exception>
    public async Task<PodDiagnostician> BuildAsync(InjectionOptions annotations, bool withCluster, CancellationToken cancellationToken)
    {
        if (diagnosticians.TryGetValue(annotations, out var known))
            return known;

        // A source from the environment or the settings file is for injection; it is checked only if the command line specifies it.
        if (settings.Option(AllSettings.Source) is not null)
            source ??= await sources.BuildAsync(withCluster, cancellationToken).ConfigureAwait(false);
        var cluster = withCluster ? (await ConnectAsync(cancellationToken).ConfigureAwait(false)).Objects : null;
        return diagnosticians[annotations] = new PodDiagnostician(annotations, cluster: cluster, source: source);
    }
}
