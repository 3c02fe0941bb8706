namespace KubeInject.Leases;

/// <summary>What was seen of the owners of leases in one reading of a cluster, and what was not.</summary>
internal sealed record OwnerView
{
    /// <summary>The owners that were seen, by the lease that they name.</summary>
    public required IReadOnlyDictionary<Guid, LeaseOwner> Owners { get; init; }

    /// <summary>The cluster that was read.</summary>
    public required ClusterIdentity Cluster { get; init; }

    /// <summary>What could not be seen. What was seen is true all the same.</summary>
    public IReadOnlyList<OwnerGap> Gaps { get; init; } = [];

    /// <summary>How long the reading took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The owner of a lease; null if none was seen.</summary>
    public LeaseOwner? Find(Guid lease) => Owners.GetValueOrDefault(lease);

    /// <summary>What may hide the owner of a lease; null if nothing can: without an owner here it has none.</summary>
    public OwnerGap? GapFor(LeaseRecord record) => Gaps.FirstOrDefault(gap => gap.MayHide(record));
}
