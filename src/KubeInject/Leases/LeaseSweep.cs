using System.Collections.Concurrent;
using KubeInject.Credentials;
using KubeInject.Kubernetes;

namespace KubeInject.Leases;

/// <summary>Looks after all leases once: renews what has a living owner, revokes what has none, and finishes what broke off.</summary>
/// <param name="source">Where the leases are from.</param>
/// <param name="client">The cluster of the owners.</param>
/// <param name="options">Which leases, and how; default: all.</param>
public sealed class LeaseSweep(CredentialSource source, KubeClient client, LeaseOptions? options = null)
{
    private readonly LeaseOptions options = options ?? new LeaseOptions();
    private readonly LeaseInventory inventory = new(source, client, options);

    /// <summary>Tells what there is to do. Changes nothing.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Every lease with what is to be done.</returns>
    public async Task<IReadOnlyList<PlannedLeaseAction>> PlanAsync(CancellationToken cancellationToken)
    {
        var leases = await inventory.ListAsync(cancellationToken).ConfigureAwait(false);
        return [.. leases.Select(lease => new PlannedLeaseAction(lease, ActionFor(lease)))];
    }

    /// <summary>Does what was planned. One lease that fails does not keep the others.</summary>
    /// <param name="plan">What to do, as <see cref="PlanAsync"/> tells it.</param>
    /// <param name="progress">Is told of each lease that is done; null where nobody wants to know.</param>
    /// <param name="cancellationToken">Stops; the next sweep goes on from there.</param>
    /// <returns>What was done.</returns>
    public async Task<LeaseSweepSummary> RunAsync(
        IReadOnlyList<PlannedLeaseAction> plan, IProgress<LeaseProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var start = source.Time.GetTimestamp();
        var tasks = plan.Where(planned => planned.Action != LeaseAction.Keep).ToList();
        tasks = await WithoutRevivedAsync(tasks, cancellationToken).ConfigureAwait(false);
        var done = new ConcurrentBag<LeaseAction>();
        var failures = new ConcurrentBag<LeaseFailure>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken };
        var count = 0;
        await Parallel.ForEachAsync(tasks, parallel, async (task, token) =>
        {
            try
            {
                await RunAsync(task, token).ConfigureAwait(false);
                done.Add(task.Action);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !token.IsCancellationRequested)
            {
                failures.Add(new LeaseFailure(task.Lease, task.Action, exception is CredentialException { Reason: CredentialFailure.LeaseEnded }, exception));
            }

            progress?.Report(new LeaseProgress(Interlocked.Increment(ref count), tasks.Count, task.Lease));
        }).ConfigureAwait(false);
        return new LeaseSweepSummary
        {
            Total = plan.Count,
            Renewed = done.Count(action => action == LeaseAction.Renew),
            Revoked = done.Count(action => action == LeaseAction.Revoke),
            Finished = done.Count(action => action == LeaseAction.Finish),
            Kept = plan.Count - tasks.Count,
            Failures = failures.OrderBy(failure => failure.Lease.Uuid).ToArray(),
            OtherPlaces = inventory.OtherPlaces,
            Duration = source.Time.GetElapsedTime(start),
        };
    }

    private LeaseAction ActionFor(CredentialLease lease)
    {
        var record = lease.ToRecord();
        if (!record.IsComplete)
            return inventory.IsYoung(record, source.Time.GetUtcNow()) ? LeaseAction.Keep : LeaseAction.Finish;
        if (lease.State == LeaseState.Orphaned)
            return LeaseAction.Revoke;
        return lease.HasOwner && lease.IsRenewable ? LeaseAction.Renew : LeaseAction.Keep;
    }

    /// <summary>Looks for owners once more, just before anything is revoked: a pod may have come to life since.</summary>
    private async Task<List<PlannedLeaseAction>> WithoutRevivedAsync(List<PlannedLeaseAction> tasks, CancellationToken cancellationToken)
    {
        if (!tasks.Exists(task => task.Action == LeaseAction.Revoke))
            return tasks;
        var owners = await LeaseOwners.FindAsync(client, options.Namespace, cancellationToken).ConfigureAwait(false);
        return tasks.FindAll(task => task.Action != LeaseAction.Revoke || !owners.ContainsKey(task.Lease.Uuid));
    }

    private Task RunAsync(PlannedLeaseAction task, CancellationToken cancellationToken) => task.Action == LeaseAction.Renew
        ? source.RenewAsync(task.Lease.ToRecord(), cancellationToken)
        : source.RevokeAsync(task.Lease.ToRecord(), cancellationToken);
}
