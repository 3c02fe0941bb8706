using KubeInject.Credentials.Vault;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Diagnosis.Vault;
using KubeInject.Leases;

namespace KubeInject.Diagnosis;

/// <summary>Creates the checks of a credential source.</summary>
internal static class SourceChecks
{
    /// <param name="source">The source; null for none.</param>
    /// <param name="cluster">The cluster of the pods; null without a connection.</param>
    public static IEnumerable<IDiagnosisCheck> Of(CredentialSource? source, ClusterCache? cluster = null) => source?.Issuer switch
    {
        VaultIssuer vault => [new VaultSourceCheck(vault.Client, vault.Options, cluster)],
        _ => [],
    };
}
