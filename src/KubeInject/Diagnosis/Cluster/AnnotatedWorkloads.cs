using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Finds workloads with injection annotations in their own metadata, where no injector reads them, and not in their pod template.</summary>
internal static class AnnotatedWorkloads
{
    // A ReplicaSet has copies of the annotations of its Deployment.
    private static readonly WorkloadKind[] Kinds = [.. WorkloadKind.All.Where(kind => kind.CanBeChanged), new(KubeResource.Jobs, ["job"], "/spec/template")];

    /// <summary>Lists the workloads that have injection annotations in their metadata, with one list of metadata for each kind.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="query">The workloads to select.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The workloads; and, in one line, the kinds that could not be listed and why, or null if all could be listed.</returns>
    public static async Task<(IReadOnlyList<ObjectMetadata> Workloads, string? Problem)> ListAsync(KubeObjectClient client, KubeQuery query, CancellationToken cancellationToken)
    {
        var workloads = new List<ObjectMetadata>();
        var problems = new List<string>();
        foreach (var kind in Kinds)
        {
            var (found, problem) = await ClusterCache.QueryAsync(
                "list",
                kind.Resource,
                query.AllNamespaces ? null : query.Namespace ?? client.Namespace,
                () => kind.ListAsync(client, query with { Progress = null }, cancellationToken)).ConfigureAwait(false);
            workloads.AddRange((found ?? []).Where(workload => AnnotationPrefilter.HasInjectorKeys(workload.Annotations)));
            problems.AddRange(problem is null ? [] : [problem]);
        }

        return (workloads, problems.Count == 0 ? null : $"Annotations in the metadata of some workloads were not checked. {string.Join(' ', problems)}");
    }

    /// <summary>Reads the pod template of a workload; null if the workload does not exist or cannot be read.</summary>
    public static async Task<PodTemplate?> ReadAsync(KubeObjectClient client, ObjectMetadata workload, CancellationToken cancellationToken)
    {
        var kind = Array.Find(Kinds, kind => kind.Resource.Kind == workload.Kind)!;
        var reference = new ObjectReference(workload.Kind, workload.Namespace, workload.Name);
        var (found, _) = await ClusterCache.QueryAsync("get", kind.Resource, workload.Namespace, () => kind.GetAsync(client, reference, cancellationToken)).ConfigureAwait(false);
        return found is null ? null : TemplateOf(found);
    }

    /// <summary>Returns the pod template of a workload, with the metadata of the workload. Null for a Job of a CronJob, whose metadata is also from the CronJob.</summary>
    public static PodTemplate? TemplateOf(KubeObject workload) =>
        (workload.Kind != KubeResource.Jobs.Kind || !Pod.ReadOwners(workload.ToElement()).Any(owner => owner.Controller))
            && Manifest.Parse(new ManifestText(workload.ToJson())).Documents is [{ PodTemplates: [{ Template: var template }, ..] }, ..]
            ? template with { Server = workload.Server }
            : null;

    /// <summary>Returns the finding about annotations in the metadata of a workload; null if there are none, or if the pod template has annotations, too.</summary>
    public static Finding? Find(PodTemplate template, InjectionOptions options) => PodInjections.ReadAll(template, options)
        .SelectMany(injection => injection.Findings)
        .FirstOrDefault(finding => finding is { Code: FindingCode.AnnotationsOnWorkload, Severity: FindingSeverity.Error });

    /// <summary>Returns whether a pod can belong to a workload, by the names in its metadata.</summary>
    public static bool MayOwn(ObjectMetadata workload, Pod pod) => workload.Namespace == pod.Namespace && pod.OwnerReferences.Any(owner => owner.Controller
        && (owner.Kind == workload.Kind ? owner.Name == workload.Name : owner.Name.StartsWith($"{workload.Name}-", StringComparison.Ordinal)));
}
