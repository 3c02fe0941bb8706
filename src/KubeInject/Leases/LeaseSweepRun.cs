using System.Collections.Concurrent;
using KubeInject.Credentials;

namespace KubeInject.Leases;

/// <summary>One run of a sweep.</summary>
/// <param name="source">Where the leases are from.</param>
/// <param name="owners">Reads who has which lease.</param>
/// <param name="rules">What may be concluded from what was seen when the run was planned.</param>
/// <param name="plan">What to do.</param>
/// <param name="revokedByOthers">What is left of leases that another injector has revoked.</param>
internal sealed class LeaseSweepRun(
    CredentialSource source, IOwnerReader owners, LeaseRules rules, IReadOnlyList<PlannedLeaseAction> plan, IReadOnlyList<CredentialLease> revokedByOthers) : IDisposable
{
    private static readonly LeaseKeepReason[] Ordinary = [LeaseKeepReason.None, LeaseKeepReason.GracePeriod, LeaseKeepReason.OwnerFound, LeaseKeepReason.RecordChanged, LeaseKeepReason.Declined];

    private readonly FreshOwners fresh = new(
        owners, plan.Where(IsRevocation).Select(planned => planned.Lease).Concat(revokedByOthers).Select(lease => lease.Uuid).ToHashSet(), source.Time);
    private readonly ConcurrentBag<LeaseAction> done = [];
    private readonly ConcurrentBag<LeaseFailure> failures = [];
    private readonly ConcurrentBag<PlannedLeaseAction> kept = [.. plan.Where(planned => planned.Action == LeaseAction.Keep)];
    private readonly ConcurrentBag<string> warnings = [];
    private readonly ConcurrentDictionary<string, OwnerGap> gaps = new();

    /// <summary>Does it.</summary>
    public async Task RunAsync(int concurrency, IProgress<LeaseProgress>? progress, CancellationToken cancellationToken)
    {
        // What lives comes first: its time may be short.
        var tasks = plan.Where(planned => planned.Action != LeaseAction.Keep).OrderBy(IsRevocation).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken };
        var count = 0;
        await Parallel.ForEachAsync(tasks, parallel, async (task, token) =>
        {
            await RunAsync(task, () => IsRevocation(task) ? RevokeAsync(task, token) : RenewAsync(task, token), token).ConfigureAwait(false);
            progress?.Report(new LeaseProgress(Interlocked.Increment(ref count), tasks.Count, task.Lease));
        }).ConfigureAwait(false);

        await Parallel.ForEachAsync(revokedByOthers, parallel, async (lease, token) =>
            await RunAsync(new PlannedLeaseAction(lease, LeaseAction.CleanUp), () => CleanUpAsync(lease, token), token).ConfigureAwait(false)).ConfigureAwait(false);

        var adopted = plan.Where(planned => planned is { Action: LeaseAction.Keep, Reason: LeaseKeepReason.None } && rules.NeedsCluster(planned.Lease.ToRecord())).ToList();
        await Parallel.ForEachAsync(adopted, parallel, async (task, token) =>
            await RunAsync(task, () => source.Leases.WriteAsync(rules.WithCluster(task.Lease.ToRecord()), token), token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>What was done, and what was not.</summary>
    public LeaseSweepSummary Summarize(CredentialLeaseList leases, IEnumerable<string> skews)
    {
        foreach (var gap in leases.Gaps)
            gaps.TryAdd(gap.Resource, gap);
        var failed = failures.Select(failure => failure.Lease).ToHashSet();
        var all = gaps.Values.OrderBy(gap => gap.Kind).ThenBy(gap => gap.Resource, StringComparer.Ordinal).ToArray();
        var passedOver = kept.Where(planned => !Ordinary.Contains(planned.Reason)).GroupBy(planned => planned.Reason).OrderBy(group => group.Key)
            .Select(group => new PassedOverLeases(group.Key, [.. group.Select(planned => planned.Lease).OrderBy(lease => lease.Uuid)])).ToArray();
        var hidden = passedOver.FirstOrDefault(leases => leases.Reason == LeaseKeepReason.OwnersNotSeen)?.Leases ?? [];
        var blocking = all.Where(gap => hidden.Any(lease => gap.MayHide(lease.ToRecord()))).ToArray();
        return new LeaseSweepSummary
        {
            Total = plan.Count,
            Renewed = done.Count(action => action == LeaseAction.Renew),
            Revoked = done.Count(action => action == LeaseAction.Revoke),
            CleanedUp = done.Count(action => action == LeaseAction.CleanUp),
            Kept = kept.Count(planned => !failed.Contains(planned.Lease)),
            PassedOver = passedOver,
            Failures = [.. failures.OrderBy(failure => failure.Lease.Uuid)],
            Unreadable = leases.Unreadable,
            Gaps = all,
            BlockingGaps = blocking,
            OtherPlaces = leases.OtherServers,
            Notices =
            [
                .. leases.OtherServers.Count == 0 ? [] : (string[])[$"Leases of {string.Join(", ", leases.OtherServers)} are recorded in the same store and were skipped; each server needs a separate sweep. If this is the same server at another address, specify that server name for the source."],
                .. passedOver.Select(leases => $"{leases}"),
                .. Describe(all.Except(blocking).ToList()),
                .. skews,
                .. warnings.Order(StringComparer.Ordinal),
            ],
            Duration = TimeSpan.Zero,
        };
    }

    public void Dispose() => fresh.Dispose();

    /// <summary>Gaps that kept nothing from being revoked this time. There may be many custom resources.</summary>
    private static IEnumerable<string> Describe(List<OwnerGap> gaps)
    {
        foreach (var gap in gaps.Where(gap => gap.Kind != OwnerGapKind.CustomResources))
            yield return $"Some objects that may own leases could not be read. {gap}";
        var custom = gaps.Where(gap => gap.Kind == OwnerGapKind.CustomResources).Select(gap => gap.Resource).ToList();
        if (custom.Count > 0)
            yield return $"These resources were not searched for owners: {string.Join(", ", custom)}. If leases are issued for such objects, grant the right to list them in all namespaces.";
    }

    private static bool IsRevocation(PlannedLeaseAction planned) => planned.Action is LeaseAction.Revoke or LeaseAction.CleanUp;

    private async Task RunAsync(PlannedLeaseAction task, Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            failures.Add(new LeaseFailure(task.Lease, task.Action, exception is CredentialException { Reason: CredentialFailure.LeaseEnded }, exception));
        }
    }

    private async Task RenewAsync(PlannedLeaseAction task, CancellationToken cancellationToken)
    {
        await source.RenewAsync(rules.WithCluster(task.Lease.ToRecord()), cancellationToken).ConfigureAwait(false);
        done.Add(task.Action);
    }

    /// <summary>Revokes a lease if nothing has changed since the plan: neither its record, nor that it has no owner.</summary>
    private async Task RevokeAsync(PlannedLeaseAction task, CancellationToken cancellationToken)
    {
        var record = task.Lease.ToRecord();
        if (await WhyKeepAsync(record, cancellationToken).ConfigureAwait(false) is { } reason)
        {
            kept.Add(task with { Action = LeaseAction.Keep, Reason = reason });
            return;
        }

        Warn(task.Lease, await source.RevokeAsync(record, cancellationToken).ConfigureAwait(false));
        done.Add(task.Action);
    }

    /// <summary>
    /// Deletes the Secret of a lease that another injector has revoked, unless an owner has come, or the record: it was being
    /// issued then. To revoke it again does no harm.
    /// </summary>
    private async Task CleanUpAsync(CredentialLease lease, CancellationToken cancellationToken)
    {
        if (await source.Leases.FindAsync(lease.Uuid, cancellationToken).ConfigureAwait(false) is null && await WhyHasOwnerAsync(lease.ToRecord(), cancellationToken).ConfigureAwait(false) is null)
            Warn(lease, await source.RevokeAsync(lease.ToRecord(), cancellationToken).ConfigureAwait(false));
    }

    private void Warn(CredentialLease lease, string? warning)
    {
        if (warning is not null)
            warnings.Add($"{lease}: {warning}");
    }

    private async Task<LeaseKeepReason?> WhyKeepAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        var current = await FindAsync(record.Uuid, cancellationToken).ConfigureAwait(false);
        if (current is null || !current.SaysTheSame(record))
            return LeaseKeepReason.RecordChanged;

        // The owner last, as close to the revocation as can be.
        return await WhyHasOwnerAsync(record, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Why a lease may have an owner at this moment; null if it has certainly none.</returns>
    private async Task<LeaseKeepReason?> WhyHasOwnerAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        var view = await fresh.GetAsync(cancellationToken).ConfigureAwait(false);
        foreach (var gap in view.Gaps)
            gaps.TryAdd(gap.Resource, gap);
        return view.Find(record.Uuid) is not null ? LeaseKeepReason.OwnerFound
            : view.GapFor(record) is not null ? LeaseKeepReason.OwnersNotSeen
            : null;
    }

    private async Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        try
        {
            return await source.Leases.FindAsync(uuid, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            return null; // it could be read a moment ago
        }
    }
}
