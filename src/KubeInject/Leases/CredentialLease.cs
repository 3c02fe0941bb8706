using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>A lease as it stands at a moment. Holds no secret, and knows the source that it is from.</summary>
public sealed class CredentialLease
{
    private readonly LeaseRecord record;
    private readonly LeaseOwner? owner;
    private readonly LeaseInventory inventory;

    internal CredentialLease(LeaseRecord record, LeaseOwner? owner, LeaseState state, LeaseInventory inventory)
    {
        this.record = record;
        this.owner = owner;
        this.inventory = inventory;
        State = state;
        Pods = owner is { Pods.Count: > 0 } ? owner.Pods.ToArray() : owner is null && record.Owner.Kind == "Pod" ? [record.Owner.Name] : [];
        Owner = owner?.Object ?? record.Owner;
        Workload = record.Owner.Kind != "Pod" ? record.Owner : Owner.Kind != "Pod" ? Owner : null;
        NodeName = record.NodeName;
    }

    /// <summary>The lease's identity; the <c>uuid</c> annotation names it.</summary>
    public Guid Uuid => record.Uuid;

    /// <summary>How it stands.</summary>
    public LeaseState State { get; }

    /// <summary>The namespace of its owner; null where the manifest named none.</summary>
    public string? Namespace => Owner.Namespace;

    /// <summary>The pod or workload that has it; where none has, the one that it was issued for.</summary>
    public ObjectReference Owner { get; }

    /// <summary>The workload that it was issued for, or that has it; null where only a pod is known.</summary>
    public ObjectReference? Workload { get; }

    /// <summary>The names of the pods that have it; where nobody has, that of the pod that it was issued for.</summary>
    public IReadOnlyList<string> Pods { get; }

    /// <summary>The node that the pod runs on; null where its record does not say, as those of KubeInject do not.</summary>
    public string? NodeName { get; }

    /// <summary>The ServiceAccount that the pod runs as.</summary>
    public string ServiceAccountName => record.ServiceAccountName;

    /// <summary>The name of the source: <c>vault</c>, <c>postgresql</c>.</summary>
    public string Source => record.Source;

    /// <summary>The user's own name for the connection.</summary>
    public string Database => record.Database;

    /// <summary>The role that the credential was issued from.</summary>
    public string Role => record.Role;

    /// <summary>The username; null where it is not known.</summary>
    public string? Username => record.Username;

    /// <summary>When it was issued; null where that is not known.</summary>
    public DateTimeOffset? IssuedAt => record.RecordedAt;

    /// <summary>When it ends unless renewed; null where it does not end by itself, and where that is not known.</summary>
    public DateTimeOffset? ExpiresAt => record.ExpiresAt;

    /// <summary>How long ago it was issued, as kubectl shows ages: <c>45m</c>, <c>5d3h</c>; <c>&lt;unknown&gt;</c> where that is not known.</summary>
    public string Age => HumanDuration.Since(IssuedAt, Now);

    /// <summary>When it ends, as kubectl shows ages: <c>45m</c>, <c>5m ago</c>; <c>-</c> where it does not end by itself, and where that is not known.</summary>
    public string ExpiresIn => HumanDuration.Until(ExpiresAt, Now);

    /// <summary>Whether that end can be put off.</summary>
    public bool IsRenewable => record.IsRenewable;

    /// <summary>Whether revoking it ends the credential. Where it does not, the lease is only forgotten.</summary>
    public bool IsRevocable => inventory.Source.Revokes;

    /// <summary>The API server of the cluster where its owner was looked for; null where there was none.</summary>
    public Uri? Server => inventory.Server;

    /// <summary>Whether no owner was seen.</summary>
    internal bool IsWithoutOwner => owner is null;

    private DateTimeOffset Now => inventory.Source.Time.GetUtcNow();

    /// <summary>Renews the credential at its source.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The lease as it stands now; the same where it cannot be renewed, as <see cref="IsRenewable"/> tells.</returns>
    /// <exception cref="Credentials.CredentialException"><see cref="Credentials.CredentialFailure.LeaseEnded"/>: it has ended and cannot be renewed any more.</exception>
    public async Task<CredentialLease> RenewAsync(CancellationToken cancellationToken)
    {
        var renewed = await inventory.Source.RenewAsync(record, cancellationToken).ConfigureAwait(false);
        return inventory.Lease(renewed, owner, isOrphan: State == LeaseState.Orphaned);
    }

    /// <summary>Revokes the credential at its source, and forgets the lease. Where that fails the record stays.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>When neither credential nor record is left: what was left alone all the same, and why, in one sentence; null if nothing was.</returns>
    public Task<string?> RevokeAsync(CancellationToken cancellationToken) => inventory.Source.RevokeAsync(record, cancellationToken);

    /// <summary>The record of the lease.</summary>
    /// <returns>The record, which may hold a masked token.</returns>
    public LeaseRecord ToRecord() => record;

    /// <summary>The lease in one line.</summary>
    /// <returns>For example <c>6f1b… (orders-rw for shop/deployment/orders)</c>.</returns>
    public override string ToString() => $"{Uuid} ({(Role.Length == 0 ? "a credential" : Role)} for {Owner})";
}
