namespace KubeInject.IntegrationTests.Vault;

/// <summary>The kinds of Vault that the tests use.</summary>
public enum VaultKind
{
    FakeVault,
    Real,
}
