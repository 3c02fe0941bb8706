using KubeInject.Credentials.Vault;
using KubeInject.Diagnosis.Vault;
using KubeInject.Leases;

namespace KubeInject.Diagnosis;

/// <summary>Creates the checks of a credential source.</summary>
internal static class SourceChecks
{
    public static IEnumerable<IDiagnosisCheck> Of(CredentialSource? source) => source?.Issuer switch
    {
        VaultIssuer vault => [new VaultSourceCheck(vault.Client, vault.Options)],
        _ => [],
    };
}
