using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;

namespace KubeInject.Diagnosis.Vault;

/// <summary>
/// Looks whether Vault would give a pod the credentials that it asks for: mount, database role, auth role, policy, times.
/// Reads alone; nothing is issued. What it has read once it remembers.
/// </summary>
/// <param name="vault">Speaks to the server.</param>
/// <param name="options">How credentials would be issued.</param>
internal sealed class VaultSourceCheck(VaultClient vault, VaultIssuerOptions options) : IDiagnosisCheck
{
    private readonly CachingVaultReader look = new(vault);

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
                var place = new VaultRoleReference(database, subject.Template);
                if (await new VaultDatabaseCheck(look, findings).CheckAsync(place, cancellationToken).ConfigureAwait(false))
                    await new VaultAuthCheck(look, options, findings).CheckAsync(place, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (CredentialException exception)
        {
            isComplete = false;

            // What is the matter in one sentence, and what to do in those behind it.
            var sentences = exception.Message.TrimEnd('.').Split(". ", 2);
            findings.Add(FindingSeverity.Warning, FindingCode.VaultUnavailable, null, $"{sentences[0]}.", sentences.Length > 1 ? $"{sentences[1]}." : "Mend that, and check again.");
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
                    ? $"Vault gives it credentials of {string.Join(", ", databases.Select(database => $"{Redaction.OneLine($"{database.Mount}/{database.Role}")}"))}."
                    : findings.PolicyLines.Length > 0 && first.Severity != FindingSeverity.Error ? $"Vault does not show everything. To see it, add to the policy of the login: {findings.PolicyLines}."
                    : first.Message,
                Findings = all,
            },
        ];
    }
}
