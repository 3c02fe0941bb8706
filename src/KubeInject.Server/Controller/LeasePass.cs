using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Controller;

/// <summary>
/// Compares all leases of the source with all pods. It finds what an earlier leader has left, and what the watch has missed. The
/// pods that have to be processed are added to the queue. Leases that the controller did not issue are swept.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="source">The source of the credentials.</param>
/// <param name="options">The options.</param>
/// <param name="clusterUid">The UID of the cluster.</param>
/// <param name="leases">The leases that the leader knows.</param>
/// <param name="queue">The pods to process.</param>
/// <param name="metrics">Counts the results of the sweep.</param>
/// <param name="log">Gets messages.</param>
internal sealed class LeasePass(
    KubeObjectClient client, CredentialSource source, ControllerOptions options, string clusterUid, PodLeases leases, WorkQueue<PodKey> queue, ControllerMetrics metrics, IProgress<ServerMessage> log)
{
    /// <summary>Returns the pods that the controller follows: with the label, and not finished.</summary>
    public static KubeQuery PodsOf(ControllerOptions options) => new()
    {
        AllNamespaces = true,
        LabelSelector = $"{options.Injection.LabelKey}={MetadataChecks.LabelValue}",
        FieldSelector = "status.phase!=Succeeded,status.phase!=Failed",
    };

    /// <summary>Runs the pass.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Read the records first. The pod of each of these records was created before its record. A tracked record is read again
        // before it is renewed or revoked.
        var tracked = leases.ToDictionary();
        var records = await source.Leases.ListAsync(tracked, cancellationToken).ConfigureAwait(false);
        var stored = records.Select(record => record.Uuid).Concat(records.Unreadable.Select(record => record.Uuid).OfType<Guid>()).ToHashSet();
        leases.Untrack(tracked.Where(lease => !stored.Contains(lease.Key)).ToDictionary());
        var pods = new Dictionary<string, PodKey>(StringComparer.Ordinal);
        await foreach (var pod in client.ListMetadataAsync(KubeResource.Pods, PodsOf(options), cancellationToken).ConfigureAwait(false))
        {
            if (pod is not { Namespace: { } @namespace, Uid: { } uid } || InjectionAnnotation.LeasesOf(pod.Annotations).ToList() is not { Count: > 0 } named)
                continue;
            var key = pods[uid] = new PodKey(@namespace, pod.Name, uid);
            leases.Name(key, named);
        }

        foreach (var record in records.Where(source.Owns))
        {
            if (PodKey.Of(record, clusterUid) is { } key)
                Track(key, record, pods.ContainsKey(key.Uid));
        }

        foreach (var pod in pods.Values.Where(pod => !leases.IsSettled(pod)))
            queue.Add(pod);
        if (records.RevokedByOthers.Any(source.Owns) || records.Any(record => source.Owns(record) && IsOfOthers(record)))
            await SweepAsync(records, cancellationToken).ConfigureAwait(false);
        foreach (var unreadable in records.Unreadable)
            log.Report(new ServerMessage(true, $"{unreadable}"));
    }

    private void Track(PodKey pod, LeaseRecord record, bool isListed)
    {
        leases.Name(pod, [record.Uuid]);
        if (isListed && record.IsComplete)
        {
            leases.Track(pod, record);
            if (leases.UntilNextRenewal(pod) is { } next)
                queue.AddAfter(pod, next);
        }
        else
        {
            // Whether the pod exists is decided again when it is processed.
            queue.Add(pod);
        }
    }

    /// <summary>Whether a lease was issued in another way than by the controller.</summary>
    private bool IsOfOthers(LeaseRecord record) => PodKey.Of(record, clusterUid) is null;

    private async Task SweepAsync(LeaseRecordList records, CancellationToken cancellationToken)
    {
        var now = source.Time.GetUtcNow();
        var sweep = new LeaseSweep(source, client, options.Sweep);
        var plan = await sweep.PlanAsync(records, IsOfOthers, cancellationToken).ConfigureAwait(false);
        var others = plan.Select(planned => planned.Action == LeaseAction.Renew && RenewalTime.DueAt(planned.Lease.ToRecord(), now) > now ? planned with { Action = LeaseAction.Keep } : planned);
        var summary = await sweep.RunAsync([.. others], null, cancellationToken).ConfigureAwait(false);
        metrics.CountRenewal("renewed", summary.Renewed);
        metrics.CountRenewal("ended", summary.Failures.Count(failure => failure.HasEnded));
        metrics.CountRenewal("failed", summary.Failures.Count(failure => failure is { HasEnded: false, Action: LeaseAction.Renew }));
        metrics.CountRevocation("revoked", summary.Revoked + summary.CleanedUp);
        metrics.CountRevocation("failed", summary.Failures.Count(failure => failure.Action is LeaseAction.Revoke or LeaseAction.CleanUp));
        foreach (var failure in summary.Failures)
            log.Report(new ServerMessage(true, $"{failure}"));
        foreach (var notice in summary.Notices)
            log.Report(new ServerMessage(true, notice));
    }
}
