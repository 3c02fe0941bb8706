using KubeInject.Kubernetes;

namespace KubeInject.Leases;

/// <summary>A lease as it stands at a moment. Holds no secret.</summary>
public sealed class CredentialLease
{
    private readonly LeaseRecord record;

    internal CredentialLease(LeaseRecord record, LeaseOwner? owner, LeaseState state)
    {
        this.record = record;
        State = state;
        HasOwner = owner is not null;
        Pod = owner?.Object is { Kind: "Pod" } pod ? pod.Name : record.Owner.Kind == "Pod" ? record.Owner.Name : null;
        Owner = owner?.Object ?? record.Owner;
        NodeName = owner?.NodeName ?? record.NodeName;
    }

    /// <summary>The lease's identity; the <c>uuid</c> annotation names it.</summary>
    public Guid Uuid => record.Uuid;

    /// <summary>How it stands.</summary>
    public LeaseState State { get; }

    /// <summary>The namespace of its owner; null where the manifest named none.</summary>
    public string? Namespace => Owner.Namespace;

    /// <summary>The pod or workload that has it; where none has, the one that it was issued for.</summary>
    public ObjectReference Owner { get; }

    /// <summary>The name of a pod that has it, or that it was issued for; null where only a workload is known.</summary>
    public string? Pod { get; }

    /// <summary>The node that the pod runs on; null where that is not known.</summary>
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

    /// <summary>Whether that end can be put off.</summary>
    public bool IsRenewable => record.IsRenewable;

    internal bool HasOwner { get; }

    /// <summary>The record of the lease.</summary>
    /// <returns>The record, which may hold a masked token.</returns>
    public LeaseRecord ToRecord() => record;

    /// <summary>The lease in one line.</summary>
    /// <returns>For example <c>6f1b… (orders-rw for shop/deployment/orders)</c>.</returns>
    public override string ToString() => $"{Uuid} ({(Role.Length == 0 ? "a credential" : Role)} for {Owner})";
}
