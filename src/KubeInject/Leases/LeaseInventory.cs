using KubeInject.Kubernetes;

namespace KubeInject.Leases;

/// <summary>Lists the leases of a source, each with its owner in the cluster.</summary>
/// <param name="source">The source.</param>
/// <param name="client">The cluster; null where there is none, and nothing is known of owners.</param>
/// <param name="options">Which leases; default: all.</param>
public sealed class LeaseInventory(CredentialSource source, KubeClient? client, LeaseOptions? options = null)
{
    private readonly LeaseOptions options = options ?? new LeaseOptions();

    internal CredentialSource Source => source;

    /// <summary>The cluster where owners are looked for; null where there is none.</summary>
    internal Uri? Server => client?.Server;

    /// <summary>Other servers of the same kind of source whose leases the last list has passed over.</summary>
    internal IReadOnlyList<string> OtherPlaces { get; private set; } = [];

    /// <summary>All leases, in the order of their UUIDs.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The leases. Where the records or the owners cannot all be read, there is an exception, and never a part.</returns>
    public async Task<IReadOnlyList<CredentialLease>> ListAsync(CancellationToken cancellationToken)
    {
        // The records first: whatever is issued from now on is not looked for.
        var records = await source.Leases.ListAsync(cancellationToken).ConfigureAwait(false);
        var owners = client is null || records.Count == 0 ? null : await LeaseOwners.FindAsync(client, options.Namespace, cancellationToken).ConfigureAwait(false);
        var now = source.Time.GetUtcNow();
        OtherPlaces = records.Where(record => record.Source == source.Name && !source.Owns(record)).Select(record => record.Place ?? "an unnamed server").Distinct().Order(StringComparer.Ordinal).ToArray();
        return
        [
            .. from record in records
               where source.Owns(record)
               let owner = owners?.GetValueOrDefault(record.Uuid)
               where options.Namespace is null || (record.Owner.Namespace ?? owner?.Object.Namespace) == options.Namespace
               select new CredentialLease(record, owner, StateOf(record, isOrphan: owners is not null && owner is null, now), this),
        ];
    }

    /// <summary>A lease whose record was written again.</summary>
    internal CredentialLease Lease(LeaseRecord record, LeaseOwner? owner, bool isOrphan) =>
        new(record, owner, StateOf(record, isOrphan, source.Time.GetUtcNow()), this);

    internal bool IsYoung(LeaseRecord record, DateTimeOffset now) => now - record.RecordedAt < options.GracePeriod;

    private LeaseState StateOf(LeaseRecord record, bool isOrphan, DateTimeOffset now) => StateAt(record, isOrphan && !IsYoung(record, now), now);

    /// <summary>How a lease stands at a moment.</summary>
    /// <param name="record">The lease.</param>
    /// <param name="isAbandoned">Whether nobody has it, and it is too old to be waiting for its pod.</param>
    /// <param name="now">The moment.</param>
    internal static LeaseState StateAt(LeaseRecord record, bool isAbandoned, DateTimeOffset now)
    {
        if (!record.IsComplete)
            return LeaseState.Incomplete;
        if (isAbandoned)
            return LeaseState.Orphaned;
        if (record.ExpiresAt is not { } end)
            return LeaseState.Active;
        var granted = end - (record.RenewedAt ?? record.RecordedAt);
        return end <= now ? LeaseState.Expired
            : (end - now) * 3 < granted ? LeaseState.Expiring
            : LeaseState.Active;
    }
}
