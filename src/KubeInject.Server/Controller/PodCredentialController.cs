using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Controller;

/// <summary>
/// Issues the credentials of admitted pods, renews them, and revokes them when the pods no longer exist or have finished. Only
/// the leader runs it. It keeps no state that another leader needs.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="source">The source of the credentials, with the same cluster.</param>
/// <param name="options">The options.</param>
/// <param name="metrics">Counts the results.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets messages, which contain no secret.</param>
internal sealed class PodCredentialController(
    KubeObjectClient client, CredentialSource source, ControllerOptions options, ControllerMetrics metrics, TimeProvider time, IProgress<ServerMessage> log)
{
    private const string WatchPods = "watch pods";
    private const string CompareLeases = "compare the leases with the pods";

    private readonly ControllerProblems problems = new(log);

    /// <summary>What the leader cannot do at the moment. Null if there is no problem, or if this process does not lead.</summary>
    public string? Problem => problems.Summary;

    private KubeObjectClient Client => client;

    private CredentialSource Source => source;

    private ControllerOptions Options => options;

    private ControllerMetrics Metrics => metrics;

    private TimeProvider Time => time;

    private IProgress<ServerMessage> Log => log;

    /// <summary>Runs the controller until it is canceled.</summary>
    /// <param name="cancellationToken">Stops the controller. Credentials that are being issued are revoked before the task completes.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var term = new Term(this, await client.GetClusterUidAsync(cancellationToken).ConfigureAwait(false));
        metrics.Leases = term.Leases;
        metrics.QueueLength = () => term.Queue.Length;
        try
        {
            await term.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            metrics.Leases = null;
            metrics.QueueLength = () => 0;
            problems.Clear();
        }
    }

    private static bool IsExpected(Exception exception) => exception is KubeApiException or KubeConnectionException or CredentialException or IOException or InvalidDataException;

    /// <summary>The work from the start of the leadership to its end.</summary>
    private sealed class Term : IDisposable
    {
        private readonly PodCredentialController controller;
        private readonly PodReconciler reconciler;
        private readonly LeasePass pass;
        private readonly SemaphoreSlim passRequests = new(0);
        private readonly Dictionary<string, string> watched = new(StringComparer.Ordinal); // the UUIDs by the UID of the pod

        public Term(PodCredentialController controller, string clusterUid)
        {
            this.controller = controller;
            var (client, source, options) = (controller.Client, controller.Source, controller.Options);
            Leases = new PodLeases(controller.Time);
            Queue = new WorkQueue<PodKey>(controller.Time, options.FirstBackoff, options.LongestBackoff);
            var issue = new PodIssue(client, source, options.Injection, clusterUid);
            var events = new PodEvents(client, controller.Time, controller.Log);
            var replacement = new PodReplacement(client, events, options.OnExpiry, controller.Time, controller.Log);
            reconciler = new PodReconciler(client, source, issue, Leases, events, replacement, controller.Metrics, clusterUid, controller.Log)
            {
                SourceRecovered = Queue.RetryFailed,
            };
            pass = new LeasePass(client, source, options, clusterUid, Leases, Queue, controller.Metrics, controller.Log);
        }

        public PodLeases Leases { get; }

        public WorkQueue<PodKey> Queue { get; }

        public void Dispose()
        {
            Queue.Dispose();
            passRequests.Dispose();
        }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            List<Task> tasks = [WatchAsync(stop.Token), PassAsync(stop.Token), ProbeAsync(stop.Token), .. Enumerable.Range(0, controller.Options.Concurrency).Select(_ => WorkAsync(stop.Token))];
            await Task.WhenAny(tasks).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(tasks).ConfigureAwait(false);
        }

        private async Task WatchAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                try
                {
                    await foreach (var change in controller.Client.WatchMetadataAsync(KubeResource.Pods, LeasePass.PodsOf(controller.Options), failure => controller.problems.Report(WatchPods, failure), cancellationToken).ConfigureAwait(false))
                        Accept(change);
                }
                catch (Exception exception) when (IsExpected(exception))
                {
                    controller.problems.Report(WatchPods, exception);
                }

                // The next watch does not report the pods that are deleted until then. The pass finds them.
                await Task.Delay(controller.Options.PassRetry, controller.Time, cancellationToken).ConfigureAwait(false);
                passRequests.Release();
            }
        }

        private void Accept(KubeEvent change)
        {
            if (change.Object is not { Namespace: { } @namespace, Uid: { } uid })
                return;
            var key = new PodKey(@namespace, change.Object.Name, uid);
            var uuids = InjectionAnnotation.LeasesOf(change.Object.ToElement().Get("metadata").Get("annotations").Texts()).ToList();
            var text = string.Join(',', uuids);
            if (change.Type == KubeEventType.Deleted)
            {
                if (watched.Remove(uid))
                    Queue.Add(key);
            }
            else if (uuids.Count > 0 && watched.GetValueOrDefault(uid) != text)
            {
                // Other changes, such as those of the status, do not matter.
                watched[uid] = text;
                Leases.Name(key, uuids);
                Queue.Add(key);
            }
        }

        private async Task PassAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                var isComplete = false;
                try
                {
                    await pass.RunAsync(cancellationToken).ConfigureAwait(false);
                    controller.problems.Report(CompareLeases, null);
                    isComplete = true;
                }
                catch (Exception exception) when (IsExpected(exception))
                {
                    controller.problems.Report(CompareLeases, exception);
                }

                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(
                    Task.Delay(isComplete ? controller.Options.PassInterval : controller.Options.PassRetry, controller.Time, stop.Token),
                    passRequests.WaitAsync(stop.Token)).ConfigureAwait(false);
                await stop.CancelAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        private async Task WorkAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                var key = await Queue.TakeAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    Queue.Succeed(key, await reconciler.ReconcileAsync(key, cancellationToken).ConfigureAwait(false));
                }
                catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
                {
                    // One pod must not stop the others.
                    Queue.Fail(key);
                    controller.Log.Report(new ServerMessage(true, $"{key}: {exception.Message}"));
                }
            }
        }

        /// <summary>Tries one of the pods while the source is unavailable, so that its return is noticed.</summary>
        private async Task ProbeAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                await Task.Delay(controller.Options.ProbeInterval, controller.Time, cancellationToken).ConfigureAwait(false);
                if (reconciler.IsSourceUnavailable)
                    Queue.RetryOneFailed();
            }
        }
    }
}
