using KubeInject.Controller;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;
using KubeInject.Kubernetes.Client;
using KubeInject.Leases;

namespace KubeInject.Injector.Serve;

/// <summary>The controller in this process, which takes part in the election of the leader.</summary>
internal sealed class ControllerHost : IAsyncDisposable
{
    // The process has to end within 10 seconds after a signal.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(8);

    private const string LeaseName = "kubeinject";

    private readonly CancellationTokenSource stop = new();
    private readonly SourceBuilder sources;
    private readonly ControllerMetrics metrics;
    private readonly PodCredentialController controller;
    private readonly LeaderElection election;
    private readonly ServeLog log;

    private ControllerHost(SourceBuilder sources, CredentialSource source, KubeObjectClient client, SettingsReader settings, ServeOptions options)
    {
        this.sources = sources;
        log = new ServeLog(options, typeof(ControllerHost));
        metrics = new ControllerMetrics(source.Name, TimeProvider.System);
        controller = new PodCredentialController(client, source, OptionsOf(settings, options.OnExpiry), metrics, TimeProvider.System, log);
        var leaderLock = new KubeLeaderLock(client, settings.Text(AllSettings.LeaseNamespace) ?? KubeLeaseStore.DefaultNamespace, LeaseName);
        election = new LeaderElection(leaderLock, $"{Environment.MachineName}_{Guid.NewGuid()}", new LeaderElectionOptions(), TimeProvider.System, log);
        metrics.IsLeader = () => election.IsLeader;
        Completion = election.RunAsync(controller.RunAsync, stop.Token);
    }

    /// <summary>Completes when the controller has stopped.</summary>
    public Task Completion { get; }

    /// <summary>What is missing. Null if the controller is ready, whether or not it leads.</summary>
    public string? Problem => election.Problem switch
    {
        null => controller.Problem,
        "" => "is starting",
        var problem => $"cannot read or write its Lease: {problem}",
    };

    /// <summary>Connects to the cluster and the source, and starts the controller.</summary>
    /// <exception cref="SettingException">A setting is missing or invalid.</exception>
    public static async Task<ControllerHost> StartAsync(SettingsReader settings, ServeOptions options, CancellationToken cancellationToken)
    {
        var sources = new SourceBuilder(settings);
        try
        {
            var source = await sources.BuildAsync(needsCluster: true, cancellationToken).ConfigureAwait(false);
            var cluster = await sources.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return new ControllerHost(sources, source, cluster.Objects, settings, options);
        }
        catch
        {
            sources.Dispose();
            throw;
        }
    }

    /// <summary>Stops the controller, and releases the leadership.</summary>
    /// <returns>Whether all operations were completed in time. The next leader completes the others.</returns>
    public async Task<bool> StopAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        return await Task.WhenAny(Completion, Task.Delay(LongestStop)).ConfigureAwait(false) == Completion;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        metrics.Dispose();
        sources.Dispose();
        log.Dispose();
        stop.Dispose();
    }

    private static ControllerOptions OptionsOf(SettingsReader settings, ExpiryAction onExpiry)
    {
        var sweep = new LeaseOptions();
        var concurrency = settings.Number(AllSettings.Concurrency) ?? sweep.Concurrency;
        return new ControllerOptions
        {
            Concurrency = concurrency,
            Injection = settings.Annotations(),
            OnExpiry = onExpiry,
            Sweep = sweep with
            {
                GracePeriod = settings.Duration(AllSettings.GracePeriod) ?? sweep.GracePeriod,
                SkipCustomResources = settings.Flag(AllSettings.SkipCustomResources),
                Concurrency = concurrency,
            },
        };
    }
}
