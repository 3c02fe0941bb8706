using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Checks whether injected variables override variables from ConfigMaps and Secrets in envFrom. Reads keys, never values.</summary>
internal sealed class VariableSourceCheck(ClusterCache cache)
{
    /// <summary>Checks the containers of a pod.</summary>
    /// <returns>A step with warnings; null if there are none. Objects that cannot be read are skipped without a report.</returns>
    public async Task<DiagnosisStep?> CheckAsync(DiagnosisSubject subject, PodInjection injection, string @namespace, CancellationToken cancellationToken)
    {
        var requested = injection.Databases.SelectMany(database => database.AllVariables).ToHashSet(StringComparer.Ordinal);
        var findings = new List<Finding>();
        foreach (var container in subject.Template.Containers)
        {
            foreach (var source in container.VariableSources.Where(source => source.Name.Length > 0))
            {
                var resource = source.Kind == KubeResource.Secrets.Kind ? KubeResource.Secrets : KubeResource.ConfigMaps;
                var found = await cache.GetAsync(resource, source.Name, @namespace, cancellationToken).ConfigureAwait(false);
                var keys = found.Value?.ToElement().Get("data").Texts().Keys ?? [];
                findings.AddRange(keys
                    .Select(key => source.Prefix + key)
                    .Where(variable => requested.Contains(variable) && !container.Variables.Contains(variable, StringComparer.Ordinal))
                    .Order(StringComparer.Ordinal)
                    .Select(variable => subject.Find(
                        FindingCode.ShadowedSource,
                        FindingSeverity.Warning,
                        $"Variable '{variable}' of the container '{container.Name}' is also set by the {source.Kind} '{source.Name}' (envFrom); the injected value overrides it.",
                        $"Remove the key from the {source.Kind} or the {source.Kind} from envFrom, or inject the credentials into another variable.")));
            }
        }

        return findings.Count == 0 ? null : new DiagnosisStep
        {
            Step = DiagnosisStepKind.Request,
            State = DiagnosisStatus.Warning,
            Text = "Injected variables override variables from ConfigMaps or Secrets.",
            Findings = findings,
        };
    }
}
