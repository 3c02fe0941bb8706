namespace KubeInject.Credentials.Vault;

/// <summary>What of a role of Vault's Kubernetes auth method does not fit a pod.</summary>
internal enum VaultRoleProblemKind
{
    /// <summary>The ServiceAccounts that it is bound to.</summary>
    ServiceAccount,

    /// <summary>The namespaces that it is bound to.</summary>
    Namespace,

    /// <summary>The policies that it gives.</summary>
    Policy,
}
