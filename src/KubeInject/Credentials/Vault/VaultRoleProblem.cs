namespace KubeInject.Credentials.Vault;

/// <summary>A reason why a pod cannot get credentials of a role.</summary>
/// <param name="Kind">The part of the role that does not match the pod.</param>
/// <param name="Message">The reason in one sentence.</param>
internal sealed record VaultRoleProblem(VaultRoleProblemKind Kind, string Message);
