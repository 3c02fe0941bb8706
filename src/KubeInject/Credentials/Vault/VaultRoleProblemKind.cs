namespace KubeInject.Credentials.Vault;

/// <summary>The part of a role of the Kubernetes auth method that does not match a pod.</summary>
internal enum VaultRoleProblemKind
{
    /// <summary>The bound ServiceAccounts.</summary>
    ServiceAccount,

    /// <summary>The bound namespaces.</summary>
    Namespace,

    /// <summary>The policies of its tokens.</summary>
    Policy,
}
