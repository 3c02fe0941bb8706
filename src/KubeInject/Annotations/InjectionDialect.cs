namespace KubeInject.Annotations;

/// <summary>The injector that annotations are for.</summary>
public enum InjectionDialect
{
    /// <summary>The Vault database-credential injector (<c>db-creds-injector.numberly.io/</c>). KubeInject injects pods with these annotations.</summary>
    VaultDbInjector,

    /// <summary>HashiCorp's Vault Agent injector (<c>vault.hashicorp.com/</c>).</summary>
    VaultAgent,

    /// <summary>The Bank-Vaults webhook (<c>vault.security.banzaicloud.io/</c>, and <c>vault:</c> in the values of variables).</summary>
    BankVaults,
}
