using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>A snapshot of a lease, which can be renewed and revoked. It exposes no secret.</summary>
public sealed partial class CredentialLease
{
    private readonly LeaseRecord record;
    private readonly IReadOnlyList<ObjectReference> owners;
    private readonly LeaseInventory inventory;

    internal CredentialLease(LeaseRecord record, IReadOnlyList<ObjectReference> owners, LeaseState state, LeaseInventory inventory)
    {
        this.record = record;
        this.owners = owners;
        this.inventory = inventory;
        State = state;
        Owner = owners.Count > 0 ? owners[0] : record.Owner;
        Pods = ReadableList.Of(owners.DefaultIfEmpty(record.Owner).Where(IsPod).Select(pod => pod.Name).Distinct());
        Workload = !IsPod(record.Owner) ? record.Owner : !IsPod(Owner) ? Owner : null;
        NodeName = record.NodeName;
    }

    /// <summary>The UUID of the lease, as in the <c>uuid</c> annotation.</summary>
    public Guid Uuid => record.Uuid;

    /// <summary>The state of the lease.</summary>
    public LeaseState State { get; }

    /// <summary>The namespace of the owner; null if the manifest did not specify one.</summary>
    public string? Namespace => Owner.Namespace;

    /// <summary>The pod or workload that uses the lease; if none does, the one that it was issued for.</summary>
    public ObjectReference Owner { get; }

    /// <summary>The workload that the lease was issued for or that uses it; null if only a pod is known.</summary>
    public ObjectReference? Workload { get; }

    /// <summary>The names of the pods that use the lease; if none does, the name of the pod that it was issued for.</summary>
    public IReadOnlyList<string> Pods { get; }

    /// <summary>The node of the pod; null if the record does not contain it. Only other injectors record it.</summary>
    public string? NodeName { get; }

    /// <summary>The ServiceAccount that the pod runs as.</summary>
    public string ServiceAccountName => record.ServiceAccountName;

    /// <summary>The name of the source: <c>vault</c>, <c>postgresql</c>.</summary>
    public string Source => record.Source;

    /// <summary>The name of the database in the pod's annotations.</summary>
    public string Database => record.Database;

    /// <summary>The role that the credential was issued from.</summary>
    public string Role => record.Role;

    /// <summary>The username; null if it is unknown.</summary>
    public string? Username => record.Username;

    /// <summary>When the lease was issued; null if the time is unknown.</summary>
    public DateTimeOffset? IssuedAt => record.RecordedAt;

    /// <summary>When the credential expires unless it is renewed; null if it does not expire, or if the time is unknown.</summary>
    public DateTimeOffset? ExpiresAt => record.ExpiresAt;

    /// <summary>The age; null if it is unknown. Views show it like kubectl: <c>45m</c>, <c>5d3h</c>.</summary>
    public TimeSpan? Age => Now - IssuedAt;

    /// <summary>The time until the credential expires; negative if it has expired, and null if it does not expire or the time is unknown. Views show it like kubectl: <c>45m</c>, <c>5m ago</c>.</summary>
    public TimeSpan? ExpiresIn => ExpiresAt - Now;

    /// <summary>Whether the credential can be renewed.</summary>
    public bool IsRenewable => record.IsRenewable;

    /// <summary>Whether a revocation invalidates the credential. Otherwise, it only removes the record.</summary>
    public bool IsRevocable => inventory.Source.Revokes;

    /// <summary>The API server of the cluster that was searched for the owner; null if there was no connection.</summary>
    public Uri? Server => inventory.Server;

    /// <summary>Whether no owner was found.</summary>
    internal bool IsWithoutOwner => owners.Count == 0;

    private static bool IsPod(ObjectReference reference) => reference.Kind == KubeResource.Pods.Kind;

    private DateTimeOffset Now => inventory.Source.Time.GetUtcNow();

    /// <summary>Renews the credential at its source.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The new snapshot; unchanged if the credential is not renewable (<see cref="IsRenewable"/>).</returns>
    /// <exception cref="Credentials.CredentialException"><see cref="Credentials.CredentialFailure.LeaseEnded"/>: the credential can no longer be renewed.</exception>
    public async Task<CredentialLease> RenewAsync(CancellationToken cancellationToken)
    {
        var renewed = await inventory.Source.RenewAsync(record, cancellationToken).ConfigureAwait(false);
        return inventory.Lease(renewed, owners, isOrphan: State == LeaseState.Orphaned);
    }

    /// <summary>Revokes the credential at its source, and removes the record. If the revocation fails, the record is kept.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A warning about a Secret that was not deleted, and the reason; null if there is none.</returns>
    public Task<string?> RevokeAsync(CancellationToken cancellationToken) => inventory.Source.RevokeAsync(record, cancellationToken);

    /// <summary>Returns the record of the lease.</summary>
    /// <returns>The record, which can contain a masked token.</returns>
    public LeaseRecord ToRecord() => record;

    /// <summary>Describes the lease in one line.</summary>
    /// <returns>For example <c>6f1b… (orders-rw for shop/deployment/orders)</c>.</returns>
    public override string ToString() => $"{Uuid} ({(Role.Length == 0 ? "a credential" : Role)} for {Owner})";
}

/// <summary>The state of a lease.</summary>
public enum LeaseState
{
    /// <summary>The credential is valid.</summary>
    Active,

    /// <summary>Less than a third of the last granted time remains.</summary>
    Expiring,

    /// <summary>The expiration time has passed.</summary>
    Expired,

    /// <summary>No pod and no workload of the cluster uses the lease, and it is older than the grace period.</summary>
    Orphaned,

    /// <summary>The lease is recorded, but issuing was interrupted or is in progress. A credential might exist.</summary>
    Incomplete,
}
