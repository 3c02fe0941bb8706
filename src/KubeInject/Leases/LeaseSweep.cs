using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;

namespace KubeInject.Leases;

/// <summary>
/// Runs one sweep: renews leases whose owner exists, revokes leases that certainly have no owner, and revokes what interrupted
/// operations have left. Leases that cannot be decided are kept.
/// </summary>
internal sealed class LeaseSweep
{
    private readonly CredentialSource source;
    private readonly IOwnerReader owners;
    private readonly LeaseOptions options;
    private readonly LeaseInventory inventory;
    private CredentialLeaseList? known;

    /// <summary>Creates a sweep.</summary>
    /// <param name="source">The source of the leases.</param>
    /// <param name="client">The cluster of the owners.</param>
    /// <param name="options">The options; default: all namespaces.</param>
    public LeaseSweep(CredentialSource source, KubeObjectClient client, LeaseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(client);
        this.source = source;
        this.options = options ?? new LeaseOptions();
        owners = new KubeOwnerReader(client, this.options);
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

    /// <summary>The resources that could not be searched for owners when the sweep was planned, and that might hide the owner of a lease.</summary>
    public IReadOnlyList<OwnerGap> RelevantGaps => [.. known?.RelevantGaps ?? []];

    /// <summary>Plans the sweep without changing anything.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>All leases with their planned actions.</returns>
    public async Task<IReadOnlyList<PlannedLeaseAction>> PlanAsync(CancellationToken cancellationToken) => Plan(await inventory.ListAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Plans the sweep of some of the records that were read before, without changing anything.</summary>
    /// <param name="records">All records of the store.</param>
    /// <param name="isSwept">Whether the sweep includes the lease of a record of the source.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The leases with their planned actions.</returns>
    public async Task<IReadOnlyList<PlannedLeaseAction>> PlanAsync(LeaseRecordList records, Func<LeaseRecord, bool> isSwept, CancellationToken cancellationToken) =>
        Plan(await inventory.ListAsync(records, isSwept, cancellationToken).ConfigureAwait(false));

    /// <summary>Runs the planned actions. Continues after a lease fails.</summary>
    /// <param name="plan">The result of <c>PlanAsync</c> of this sweep. The caller can change actions to <see cref="LeaseAction.Keep"/>.</param>
    /// <param name="progress">Is notified after each processed lease; null for no notifications.</param>
    /// <param name="cancellationToken">Cancels the operation. The next sweep processes the remaining leases.</param>
    /// <returns>The summary.</returns>
    /// <exception cref="InvalidOperationException"><c>PlanAsync</c> was not called.</exception>
    public async Task<LeaseSweepSummary> RunAsync(
        IReadOnlyList<PlannedLeaseAction> plan, IProgress<LeaseProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var leases = known ?? throw new InvalidOperationException("A sweep must be planned before it runs.");
        using var run = new LeaseSweepRun(source, owners, leases.Rules, plan, leases.RevokedByOthers, options);
        var start = source.Time.GetTimestamp();
        var skews = ClockSkew.Describe(leases.Records, source.Time.GetUtcNow()).ToList();
        await run.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        return run.Summarize(leases, skews) with { Duration = source.Time.GetElapsedTime(start) };
    }

    private PlannedLeaseAction[] Plan(CredentialLeaseList leases)
    {
        known = leases;
        var now = source.Time.GetUtcNow();
        return [.. leases.Select(lease => Plan(lease, leases.Rules.Decide(lease.ToRecord(), now)))];

        static PlannedLeaseAction Plan(CredentialLease lease, (LeaseAction Action, LeaseKeepReason Reason) decision) => new(lease, decision.Action, decision.Reason);
    }
}
