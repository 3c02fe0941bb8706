using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Diagnosis.Cluster;

namespace KubeInject.Diagnosis.Vault;

/// <summary>
/// Checks whether Vault issues the requested credentials to a pod: mount, database role, auth role, policy, TTLs. It only reads
/// and issues nothing. Responses are cached.
/// </summary>
/// <param name="vault">The client of the server.</param>
/// <param name="options">The options for issuing credentials.</param>
/// <param name="cluster">The cluster of the pods; null without a connection.</param>
internal sealed class VaultSourceCheck(VaultClient vault, VaultIssuerOptions options, ClusterCache? cluster) : IDiagnosisCheck
{
    private readonly CachingVaultReader reader = new(vault);

    public async Task<IReadOnlyList<DiagnosisStep>> CheckAsync(DiagnosisSubject subject, CancellationToken cancellationToken)
    {
        var databases = subject.Injections.Where(injection => injection.Dialect == InjectionDialect.VaultDbInjector)
            .SelectMany(injection => injection.Databases).Where(database => database.Role is not null).DistinctBy(database => (database.Mount, database.Role)).ToList();
        if (databases.Count == 0)
            return [];
        var findings = new VaultFindings(subject.Template);
        var isComplete = true;
        try
        {
            foreach (var database in databases)
            {
                var reference = new VaultRoleReference(database, subject.Template);
                if (await new VaultDatabaseCheck(reader, findings).CheckAsync(reference, cancellationToken).ConfigureAwait(false))
                    await new VaultAuthCheck(reader, options, cluster, findings).CheckAsync(reference, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (CredentialException exception)
        {
            isComplete = false;

            // The first sentence of the message is the problem, and the others are the remedy.
            var sentences = exception.Message.TrimEnd('.').Split(". ", 2);
            findings.Add(FindingSeverity.Warning, FindingCode.VaultUnavailable, null, $"{sentences[0]}.", sentences.Length > 1 ? $"{sentences[1]}." : "Fix the problem, and check again.");
        }

        var all = findings.All;
        var first = all.Count > 0 ? all[0] : null;
        return
        [
            new DiagnosisStep
            {
                Step = DiagnosisStepKind.Source,
                State = first?.Severity == FindingSeverity.Error ? DiagnosisStatus.Failed
                    : !isComplete || findings.PolicyLines.Length > 0 ? DiagnosisStatus.Unknown
                    : first?.Severity == FindingSeverity.Warning ? DiagnosisStatus.Warning
                    : DiagnosisStatus.Passed,
                Text = first is null || (first.Severity == FindingSeverity.Information && findings.PolicyLines.Length == 0)
                    ? $"Vault issues credentials of {string.Join(", ", databases.Select(database => $"{Redaction.OneLine($"{database.Mount}/{database.Role}")}"))}."
                    : findings.PolicyLines.Length > 0 && first.Severity != FindingSeverity.Error ? $"Vault could not be checked completely. Add to the policy of the login: {findings.PolicyLines}."
                    : first.Message,
                Findings = all,
            },
        ];
    }
}
