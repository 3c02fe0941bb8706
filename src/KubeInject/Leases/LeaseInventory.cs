using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>Lists the leases of a source with their owners in the cluster.</summary>
internal sealed class LeaseInventory
{
    private readonly IOwnerReader? owners;
    private readonly LeaseOptions options;

    /// <summary>Creates an inventory.</summary>
    /// <param name="source">The source of the leases.</param>
    /// <param name="client">The cluster of the owners; null without a connection, and then the owners are unknown.</param>
    /// <param name="options">The namespace and the grace period; default: all namespaces.</param>
    public LeaseInventory(CredentialSource source, KubeObjectClient? client, LeaseOptions? options = null)
        : this(source, client is null ? null : new KubeOwnerReader(client, options ?? new LeaseOptions()), options)
    {
        Server = client?.Server;
    }

    internal LeaseInventory(CredentialSource source, IOwnerReader? owners, LeaseOptions? options)
    {
        ArgumentNullException.ThrowIfNull(source);
        Source = source;
        this.owners = owners;
        this.options = options ?? new LeaseOptions();
    }

    internal CredentialSource Source { get; }

    /// <summary>The API server of the cluster that is searched for owners; null without a connection.</summary>
    internal Uri? Server { get; }

    /// <summary>Lists all readable leases, sorted by UUID, with the records and owners that could not be read.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The leases.</returns>
    public async Task<CredentialLeaseList> ListAsync(CancellationToken cancellationToken)
    {
        // Read the records first, so that a lease that is issued in the meantime does not appear to have no owner.
        var records = await Source.Leases.ListAsync(cancellationToken).ConfigureAwait(false);
        return await ListAsync(records, _ => true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the leases of some of the records that were read before.</summary>
    /// <param name="records">All records of the store.</param>
    /// <param name="isListed">Whether the list has the lease of a record of the source.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The leases.</returns>
    internal async Task<CredentialLeaseList> ListAsync(LeaseRecordList records, Func<LeaseRecord, bool> isListed, CancellationToken cancellationToken)
    {
        var own = records.Where(Source.Owns).Where(isListed).ToList();
        var left = records.RevokedByOthers.Where(Source.Owns).ToList();
        var uuids = own.Concat(left).Select(record => record.Uuid).ToHashSet();
        var view = owners is null || uuids.Count == 0 ? null : await owners.ReadOneKindAsync(uuids, cancellationToken).ConfigureAwait(false);
        var rules = new LeaseRules(records, view, options.GracePeriod);
        var now = Source.Time.GetUtcNow();
        return new CredentialLeaseList(Leases(own), records, rules)
        {
            Gaps = view?.Gaps ?? [],
            OtherServers = [.. records.Where(record => record.Source == Source.Name && !Source.Owns(record)).Select(record => record.ServerName ?? "an unnamed server").Distinct().Order(StringComparer.Ordinal)],
            RevokedByOthers = Leases(left.Where(IsAbandoned)),
        };

        bool IsAbandoned(LeaseRecord record) => rules.Decide(record, now).Action is LeaseAction.Revoke or LeaseAction.CleanUp;

        IReadOnlyList<CredentialLease> Leases(IEnumerable<LeaseRecord> wanted) =>
        [
            .. from record in wanted
               where options.Namespace is null || (record.Owner.Namespace ?? view?.FirstOwnerOf(record.Uuid)?.Namespace) == options.Namespace
               select new CredentialLease(record, view?.OwnersOf(record.Uuid) ?? [], StateAt(record, IsAbandoned(record), now), this),
        ];
    }

    /// <summary>Creates the snapshot of a lease after its record was written again.</summary>
    internal CredentialLease Lease(LeaseRecord record, IReadOnlyList<ObjectReference> owners, bool isOrphan) => new(record, owners, StateAt(record, isOrphan, Source.Time.GetUtcNow()), this);

    /// <summary>Determines the state of a lease.</summary>
    /// <param name="record">The record of the lease.</param>
    /// <param name="isAbandoned">Whether the lease certainly has no owner and is older than the grace period.</param>
    /// <param name="now">The current time.</param>
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
