using KubeInject.Credentials.Vault;
using KubeInject.Diagnosis.Vault;
using KubeInject.Leases;

namespace KubeInject.Diagnosis;

/// <summary>Which checks there are for a source of credentials.</summary>
internal static class SourceChecks
{
    public static IEnumerable<IDiagnosisCheck> Of(CredentialSource? source) => source?.Issuer switch
    {
        VaultIssuer vault => [new VaultSourceCheck(vault.Client, vault.Options)],
        _ => [],
    };
}
