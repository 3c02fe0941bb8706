using KubeInject.Credentials;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>The owners of leases in a cluster, and the resources that could not be read.</summary>
internal sealed record OwnerView
{
    /// <summary>The owners that were found, by the UUID of the lease. If a lease has pods, the first owner is a pod.</summary>
    public required IReadOnlyDictionary<Guid, IReadOnlyList<ObjectReference>> Owners { get; init; }

    /// <summary>The cluster that was read.</summary>
    public required ClusterIdentity Cluster { get; init; }

    /// <summary>The resources that could not be read. The owners that were found are valid regardless.</summary>
    public IReadOnlyList<OwnerGap> Gaps { get; init; } = [];

    /// <summary>Returns the owners of a lease; empty if none was found.</summary>
    public IReadOnlyList<ObjectReference> OwnersOf(Guid lease) => Owners.GetValueOrDefault(lease, []);

    /// <summary>Returns a pod that uses a lease; otherwise, another owner; null if none was found.</summary>
    public ObjectReference? FirstOwnerOf(Guid lease) => OwnersOf(lease) is [var first, ..] ? first : null;

    /// <summary>Whether an owner of a lease was found.</summary>
    public bool HasOwner(Guid lease) => Owners.ContainsKey(lease);

    /// <summary>Returns a gap that might hide the owner of a lease; null if there is none, so that a lease without an owner in this view has no owner.</summary>
    public OwnerGap? GapFor(LeaseRecord record) => Gaps.FirstOrDefault(gap => gap.MayHide(record));
}

/// <summary>Reads the owners of leases from a cluster.</summary>
internal interface IOwnerReader
{
    /// <summary>Reads the current owners. A resource that cannot be read is a gap of the view, not an error.</summary>
    /// <param name="leases">The leases whose owners are read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The view, which might not include changes since the start of the call.</returns>
    /// <exception cref="KubeApiException">No resource can be read.</exception>
    /// <exception cref="KubeConnectionException">The cluster cannot be reached.</exception>
    Task<OwnerView> ReadAsync(IReadOnlySet<Guid> leases, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the current owners like <see cref="ReadAsync"/>, but for each lease only those of one kind, pods if there are any. A
    /// lease without an owner in the view has none, as with <see cref="ReadAsync"/>. Most leases have pods, whose metadata is
    /// sufficient, so most templates need not be read.
    /// </summary>
    /// <param name="leases">The leases whose owners are read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The view, which might not include changes since the start of the call.</returns>
    /// <exception cref="KubeApiException">No resource can be read.</exception>
    /// <exception cref="KubeConnectionException">The cluster cannot be reached.</exception>
    Task<OwnerView> ReadOneKindAsync(IReadOnlySet<Guid> leases, CancellationToken cancellationToken);
}
