using KubeInject.Kubernetes.Objects;

namespace KubeInject.Credentials;

/// <summary>A request for the credential of one database of one pod.</summary>
/// <param name="Uuid">The UUID of the lease, which is generated before the credential is issued.</param>
/// <param name="Database">The name of the database in the pod's annotations.</param>
/// <param name="Role">The role to issue the credential from.</param>
/// <param name="Mount">The mount path of the database secrets engine.</param>
/// <param name="Owner">The pod or workload that uses the credential.</param>
/// <param name="ServiceAccountName">The ServiceAccount that the pod runs as.</param>
public sealed record CredentialRequest(
    Guid Uuid, string Database, string Role, string Mount, ObjectReference Owner, string ServiceAccountName)
{
    /// <summary>The Secret that delivers the credential, which is deleted when the credential is revoked; null if no Secret delivers it.</summary>
    public ObjectReference? Secret { get; init; }

    /// <summary>The UID of the owner, which differs from that of an earlier object with the same name; null if it is unknown.</summary>
    public string? OwnerUid { get; init; }
}
