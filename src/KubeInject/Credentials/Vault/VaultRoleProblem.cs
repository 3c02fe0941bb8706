namespace KubeInject.Credentials.Vault;

/// <summary>What stands in the way of a pod's having credentials of a role.</summary>
/// <param name="Kind">What of the role it is.</param>
/// <param name="Message">In one sentence.</param>
internal sealed record VaultRoleProblem(VaultRoleProblemKind Kind, string Message);
