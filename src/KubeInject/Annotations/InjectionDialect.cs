namespace KubeInject.Annotations;

/// <summary>Whose annotations a pod asks with.</summary>
public enum InjectionDialect
{
    /// <summary>Those of the Vault database-credential injector (<c>db-creds-injector.numberly.io/</c>), which KubeInject acts on.</summary>
    VaultDbInjector,

    /// <summary>Those of HashiCorp's Vault Agent injector (<c>vault.hashicorp.com/</c>).</summary>
    VaultAgent,

    /// <summary>Those of Bank-Vaults' webhook (<c>vault.security.banzaicloud.io/</c>, and <c>vault:</c> in values of variables).</summary>
    BankVaults,
}
