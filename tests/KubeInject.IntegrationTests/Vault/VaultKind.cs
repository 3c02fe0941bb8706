namespace KubeInject.IntegrationTests.Vault;

/// <summary>What the tests of the Vault source run on.</summary>
public enum VaultKind
{
    StandIn,
    Real,
}
