using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Looks which variables a pod has from ConfigMaps and Secrets as a whole (envFrom), and would have no more. Looks at keys, never at values.</summary>
internal sealed class VariableSourceCheck(ClusterCache facts)
{
    /// <summary>Looks.</summary>
    /// <returns>A link where there is something to say; null where not. What may not be read is passed over in silence: little depends on it.</returns>
    public async Task<DiagnosisStep?> CheckAsync(DiagnosisSubject subject, PodInjection injection, string @namespace, CancellationToken cancellationToken)
    {
        var asked = injection.Databases.SelectMany(Verdict.VariablesOf).ToHashSet(StringComparer.Ordinal);
        var findings = new List<Finding>();
        foreach (var container in subject.Template.Containers)
        {
            foreach (var source in container.VariableSources.Where(source => source.Name.Length > 0))
            {
                var resource = source.Kind == KubeResource.Secrets.Kind ? KubeResource.Secrets : KubeResource.ConfigMaps;
                var found = await facts.GetAsync(resource, source.Name, @namespace, cancellationToken).ConfigureAwait(false);
                var keys = found.Value?.ToElement().Get("data").Texts().Keys ?? [];
                findings.AddRange(keys
                    .Select(key => source.Prefix + key)
                    .Where(variable => asked.Contains(variable) && !container.Variables.Contains(variable, StringComparer.Ordinal))
                    .Order(StringComparer.Ordinal)
                    .Select(variable => subject.Find(
                        FindingCode.ShadowedSource,
                        FindingSeverity.Warning,
                        $"Variable '{variable}' comes to the container '{container.Name}' from the {source.Kind} '{source.Name}' (envFrom), too; the injected value hides that one.",
                        $"Remove the key from the {source.Kind} or the {source.Kind} from envFrom, or have the credentials put into another variable.")));
            }
        }

        return findings.Count == 0 ? null : new DiagnosisStep
        {
            Step = DiagnosisStepKind.Request,
            State = DiagnosisStatus.Warning,
            Text = "what is injected hides variables that the pod has from elsewhere.",
            Findings = findings,
        };
    }
}
