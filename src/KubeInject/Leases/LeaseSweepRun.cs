using System.Collections.Concurrent;
using KubeInject.Credentials;

namespace KubeInject.Leases;

/// <summary>One run of a sweep.</summary>
/// <param name="source">The source of the leases.</param>
/// <param name="owners">Reads the owners of the leases.</param>
/// <param name="rules">The rules with the records and owners at the time of the plan.</param>
/// <param name="plan">The planned actions.</param>
/// <param name="revokedByOthers">The remaining data of leases that another injector has revoked.</param>
/// <param name="options">The age of the owners, and the concurrency.</param>
internal sealed class LeaseSweepRun(
    CredentialSource source, IOwnerReader owners, LeaseRules rules, IReadOnlyList<PlannedLeaseAction> plan, IReadOnlyList<CredentialLease> revokedByOthers, LeaseOptions options) : IDisposable
{
    // Reasons that do not require a notice.
    private static readonly LeaseKeepReason[] ExpectedReasons = [LeaseKeepReason.None, LeaseKeepReason.GracePeriod, LeaseKeepReason.OwnerFound, LeaseKeepReason.RecordChanged, LeaseKeepReason.Declined];

    // A list of all records takes about as long as reading one in so many of them separately.
    private const int ListFactor = 20;

    private readonly FreshView freshView = new(
        owners,
        source.Leases.ListsPages && plan.Count(IsRevocation) * ListFactor > plan.Count ? source.Leases : null,
        plan.Where(IsRevocation).Select(planned => planned.Lease).Concat(revokedByOthers).Select(lease => lease.Uuid).ToHashSet(),
        options.MaxViewAge,
        source.Time);
    private readonly ConcurrentBag<LeaseAction> done = [];
    private readonly ConcurrentBag<LeaseFailure> failures = [];
    private readonly ConcurrentBag<PlannedLeaseAction> kept = [.. plan.Where(planned => planned.Action == LeaseAction.Keep)];
    private readonly ConcurrentBag<string> warnings = [];
    private readonly ConcurrentDictionary<string, OwnerGap> gaps = new();

    /// <summary>Runs the planned actions.</summary>
    public async Task RunAsync(IProgress<LeaseProgress>? progress, CancellationToken cancellationToken)
    {
        // Renew first, because these leases might expire soon.
        var actions = plan.Where(planned => planned.Action != LeaseAction.Keep).OrderBy(IsRevocation).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken };
        var count = 0;
        await Parallel.ForEachAsync(actions, parallel, async (action, token) =>
        {
            await RunAsync(action, () => IsRevocation(action) ? RevokeAsync(action, token) : RenewAsync(action, token), token).ConfigureAwait(false);
            progress?.Report(new LeaseProgress(Interlocked.Increment(ref count), actions.Count, action.Lease));
        }).ConfigureAwait(false);

        await Parallel.ForEachAsync(revokedByOthers, parallel, async (lease, token) =>
            await RunAsync(new PlannedLeaseAction(lease, LeaseAction.CleanUp), () => CleanUpAsync(lease, token), token).ConfigureAwait(false)).ConfigureAwait(false);

        var withoutCluster = plan.Where(planned => planned is { Action: LeaseAction.Keep, Reason: LeaseKeepReason.None } && rules.NeedsCluster(planned.Lease.ToRecord())).ToList();
        await Parallel.ForEachAsync(withoutCluster, parallel, async (action, token) =>
            await RunAsync(action, () => source.Leases.WriteAsync(rules.WithCluster(action.Lease.ToRecord()), token), token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Creates the summary of the run.</summary>
    public LeaseSweepSummary Summarize(CredentialLeaseList leases, IEnumerable<string> skews)
    {
        foreach (var gap in leases.Gaps)
            gaps.TryAdd(gap.Resource, gap);
        var failed = failures.Select(failure => failure.Lease).ToHashSet();
        var all = gaps.Values.OrderBy(gap => gap.Kind).ThenBy(gap => gap.Resource, StringComparer.Ordinal).ToArray();
        var skipped = kept.Where(planned => !ExpectedReasons.Contains(planned.Reason)).GroupBy(planned => planned.Reason).OrderBy(group => group.Key)
            .Select(group => new SkippedLeases(group.Key, [.. group.Select(planned => planned.Lease).OrderBy(lease => lease.Uuid)])).ToArray();
        var hidden = skipped.FirstOrDefault(leases => leases.Reason == LeaseKeepReason.OwnersNotSeen)?.Leases ?? [];
        var blocking = all.Where(gap => hidden.Any(lease => gap.MayHide(lease.ToRecord()))).ToArray();
        return new LeaseSweepSummary
        {
            Total = plan.Count,
            Renewed = done.Count(action => action == LeaseAction.Renew),
            Revoked = done.Count(action => action == LeaseAction.Revoke),
            CleanedUp = done.Count(action => action == LeaseAction.CleanUp),
            Kept = kept.Count(planned => !failed.Contains(planned.Lease)),
            Skipped = skipped,
            Failures = [.. failures.OrderBy(failure => failure.Lease.Uuid)],
            Unreadable = leases.Unreadable,
            Gaps = all,
            BlockingGaps = blocking,
            OtherServers = leases.OtherServers,
            Notices =
            [
                .. leases.OtherServers.Count == 0 ? [] : (string[])[$"Leases of {string.Join(", ", leases.OtherServers)} are recorded in the same store and were skipped; each server needs a separate sweep. If this is the same server at another address, specify that server name for the source."],
                .. skipped.Select(leases => $"{leases}"),
                .. Describe(all.Except(blocking).ToList()),
                .. skews,
                .. warnings.Order(StringComparer.Ordinal),
            ],
            Duration = TimeSpan.Zero,
        };
    }

    public void Dispose() => freshView.Dispose();

    /// <summary>Describes gaps that prevented no revocation in this sweep. Custom resources are combined because there can be many.</summary>
    private static IEnumerable<string> Describe(List<OwnerGap> gaps)
    {
        foreach (var gap in gaps.Where(gap => gap.Kind != OwnerGapKind.CustomResources))
            yield return $"Some objects that may own leases could not be read. {gap}";
        var custom = gaps.Where(gap => gap.Kind == OwnerGapKind.CustomResources).Select(gap => gap.Resource).ToList();
        if (custom.Count > 0)
            yield return $"These resources were not searched for owners: {string.Join(", ", custom)}. If leases are issued for such objects, grant the right to list them in all namespaces.";
    }

    private static bool IsRevocation(PlannedLeaseAction planned) => planned.Action is LeaseAction.Revoke or LeaseAction.CleanUp;

    private async Task RunAsync(PlannedLeaseAction action, Func<Task> run, CancellationToken cancellationToken)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            failures.Add(new LeaseFailure(action.Lease, action.Action, exception is CredentialException { Reason: CredentialFailure.LeaseEnded }, exception));
        }
    }

    private async Task RenewAsync(PlannedLeaseAction action, CancellationToken cancellationToken)
    {
        await source.RenewAsync(rules.WithCluster(action.Lease.ToRecord()), cancellationToken).ConfigureAwait(false);
        done.Add(action.Action);
    }

    /// <summary>Revokes a lease if its record has not changed since the plan and if it still has no owner.</summary>
    private async Task RevokeAsync(PlannedLeaseAction action, CancellationToken cancellationToken)
    {
        var record = action.Lease.ToRecord();
        if (await FindKeepReasonAsync(record, cancellationToken).ConfigureAwait(false) is { } reason)
        {
            kept.Add(action with { Action = LeaseAction.Keep, Reason = reason });
            return;
        }

        Warn(action.Lease, await source.RevokeAsync(record, cancellationToken).ConfigureAwait(false));
        done.Add(action.Action);
    }

    /// <summary>
    /// Deletes the Secret of a lease that another injector has revoked. Skips the lease if it now has a record or an owner, because
    /// it was being issued. Revoking it again has no effect.
    /// </summary>
    private async Task CleanUpAsync(CredentialLease lease, CancellationToken cancellationToken)
    {
        if (await source.Leases.FindAsync(lease.Uuid, cancellationToken).ConfigureAwait(false) is null
            && FindOwnerReason(lease.ToRecord(), (await freshView.GetAsync(cancellationToken).ConfigureAwait(false)).Owners) is null)
            Warn(lease, await source.RevokeAsync(lease.ToRecord(), cancellationToken).ConfigureAwait(false));
    }

    private void Warn(CredentialLease lease, string? warning)
    {
        if (warning is not null)
            warnings.Add($"{lease}: {warning}");
    }

    private async Task<LeaseKeepReason?> FindKeepReasonAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        // Get the view last, as close to the revocation as possible.
        var found = freshView.HasRecords ? null : await FindAsync(record.Uuid, cancellationToken).ConfigureAwait(false);
        var view = await freshView.GetAsync(cancellationToken).ConfigureAwait(false);
        var current = found ?? view.Records.GetValueOrDefault(record.Uuid);
        return current?.HasSameContentAs(record) == true ? FindOwnerReason(record, view.Owners) : LeaseKeepReason.RecordChanged;
    }

    /// <returns>Why a lease might have an owner now; null if it certainly has none.</returns>
    private LeaseKeepReason? FindOwnerReason(LeaseRecord record, OwnerView view)
    {
        foreach (var gap in view.Gaps)
            gaps.TryAdd(gap.Resource, gap);
        return view.HasOwner(record.Uuid) ? LeaseKeepReason.OwnerFound
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
            return null; // the plan could read it, so it has changed
        }
    }
}
