using KubeInject.Kubernetes.Client;

namespace KubeInject.Leases;

/// <summary>
/// Manages all leases once: renews what has a living owner, revokes what certainly has none, and revokes what attempts that
/// broke off have left. What cannot be decided from what was seen is kept.
/// </summary>
internal sealed class LeaseSweep
{
    private readonly CredentialSource source;
    private readonly IOwnerReader owners;
    private readonly LeaseOptions options;
    private readonly LeaseInventory inventory;
    private CredentialLeaseList? known;

    /// <summary>Prepares a sweep.</summary>
    /// <param name="source">Where the leases are from.</param>
    /// <param name="client">The cluster of the owners.</param>
    /// <param name="options">Which leases, and how; default: all.</param>
    public LeaseSweep(CredentialSource source, KubeObjectClient client, LeaseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(client);
        this.source = source;
        this.options = options ?? new LeaseOptions();
        owners = new KubeOwnerReader(client, this.options, source.Time);
        inventory = new LeaseInventory(source, client, this.options);
    }

    internal LeaseSweep(CredentialSource source, IOwnerReader owners, LeaseOptions options)
    {
        this.source = source;
        this.owners = owners;
        this.options = options;
        inventory = new LeaseInventory(source, owners, options);
    }

    /// <summary>The entries of the store that could not be read when the sweep was planned. They are kept.</summary>
    public IReadOnlyList<UnreadableRecord> Unreadable => known?.Unreadable ?? [];

    /// <summary>What could not be seen of the owners when the sweep was planned, and may hide the owner of a lease.</summary>
    public IReadOnlyList<OwnerGap> RelevantGaps => [.. known?.RelevantGaps ?? []];

    /// <summary>Tells what there is to do. Changes nothing.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Every lease with what is to be done.</returns>
    public async Task<IReadOnlyList<PlannedLeaseAction>> PlanAsync(CancellationToken cancellationToken)
    {
        known = await inventory.ListAsync(cancellationToken).ConfigureAwait(false);
        var now = source.Time.GetUtcNow();
        return [.. known.Select(lease => Plan(lease, known.Rules.Judge(lease.ToRecord(), now)))];

        static PlannedLeaseAction Plan(CredentialLease lease, (LeaseAction Action, LeaseKeepReason Reason) judgement) => new(lease, judgement.Action, judgement.Reason);
    }

    /// <summary>Does what was planned. One lease that fails does not keep the others.</summary>
    /// <param name="plan">What to do, as <see cref="PlanAsync"/> of this sweep tells it.</param>
    /// <param name="progress">Is notified of each lease that is done; null for no one.</param>
    /// <param name="cancellationToken">Stops; the next sweep goes on from there.</param>
    /// <returns>What was done.</returns>
    public async Task<LeaseSweepSummary> RunAsync(
        IReadOnlyList<PlannedLeaseAction> plan, IProgress<LeaseProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var leases = known ?? throw new InvalidOperationException("A sweep must be planned before it runs.");
        using var run = new LeaseSweepRun(source, owners, leases.Rules, plan, leases.RevokedByOthers);
        var start = source.Time.GetTimestamp();
        var skews = ClockSkew.Of(leases.Records, source.Time.GetUtcNow()).ToList();
        await run.RunAsync(options.Concurrency, progress, cancellationToken).ConfigureAwait(false);
        return run.Summarize(leases, skews) with { Duration = source.Time.GetElapsedTime(start) };
    }
}
