using System.Collections.Concurrent;
using KubeInject.Controller;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>A controller with its own connection, which runs until it is stopped or killed.</summary>
internal sealed class RunningController : IProgress<ServerMessage>, IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly KubeConnection connection;
    private readonly ControllerMetrics metrics;
    private readonly KillSwitch kill;
    private readonly Task running;

    private RunningController(KubeConnection connection, ICredentialIssuer issuer, ControllerOptions options, KillSwitch kill, LeaderElectionOptions? election)
    {
        this.connection = connection;
        this.kill = kill;
        Issuer = new TestIssuer(issuer, kill);
        var source = new CredentialSource(Issuer, new KilledStore(new KubeLeaseStore(connection.Objects, connection.Namespace), kill), connection.Objects);
        metrics = new ControllerMetrics(source.Name, TimeProvider.System);
        Controller = new PodCredentialController(connection.Objects, source, options, metrics, TimeProvider.System, this);
        Election = new LeaderElection(new KubeLeaderLock(connection.Objects, connection.Namespace, "kubeinject"), $"{Guid.NewGuid()}", election ?? new LeaderElectionOptions(), TimeProvider.System, this);
        running = election is null ? Controller.RunAsync(stop.Token) : Election.RunAsync(Controller.RunAsync, stop.Token);

        // A dead process has no connections.
        _ = kill.Killed.ContinueWith(_ => connection.Dispose(), TaskScheduler.Default);
    }

    public PodCredentialController Controller { get; }

    public TestIssuer Issuer { get; }

    public LeaderElection Election { get; }

    public ConcurrentQueue<ServerMessage> Messages { get; } = new();

    /// <summary>Starts a controller.</summary>
    /// <param name="settings">The cluster, the user, and the namespace of the records and of the Lease.</param>
    /// <param name="issuer">The source.</param>
    /// <param name="options">The options.</param>
    /// <param name="kill">Kills the controller; null for never.</param>
    /// <param name="election">The times of the election; null to lead without one.</param>
    public static async Task<RunningController> StartAsync(ConnectionSettings settings, ICredentialIssuer issuer, ControllerOptions options, KillSwitch? kill = null, LeaderElectionOptions? election = null) =>
        new(await KubeConnection.OpenAsync(settings), issuer, options, kill ?? new KillSwitch(), election);

    public void Report(ServerMessage value) => Messages.Enqueue(value);

    /// <summary>Stops the controller in an orderly way.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the controller like SIGKILL.</summary>
    public async Task KillAsync()
    {
        kill.Kill();
        await StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        connection.Dispose();
        metrics.Dispose();
        stop.Dispose();
    }
}
