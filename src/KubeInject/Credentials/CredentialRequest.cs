using KubeInject.Kubernetes.Objects;

namespace KubeInject.Credentials;

/// <summary>What is asked of a credential issuer, for one database of one pod.</summary>
/// <param name="Uuid">The lease's identity, made up before anything is issued.</param>
/// <param name="Database">The user's own name for the connection.</param>
/// <param name="Role">The role to issue credentials from.</param>
/// <param name="Mount">The mount path of the database secrets engine.</param>
/// <param name="Owner">The pod or workload that asks.</param>
/// <param name="ServiceAccountName">The ServiceAccount that the pod runs as.</param>
public sealed record CredentialRequest(
    Guid Uuid, string Database, string Role, string Mount, ObjectReference Owner, string ServiceAccountName)
{
    /// <summary>The Secret that the credential is delivered in, which ends with it; null where it is not delivered in one.</summary>
    public ObjectReference? Secret { get; init; }
}
