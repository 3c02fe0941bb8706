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
        var answers = await Task.WhenAll(Kinds.Select(kind => ClusterCache.QueryAsync(
            "list",
            kind.Resource,
            query.AllNamespaces ? null : query.Namespace ?? client.Namespace,
            () => kind.ListAsync(client, query with { Progress = null }, cancellationToken)))).ConfigureAwait(false);
        var workloads = answers.SelectMany(answer => answer.Value ?? []).Where(workload => AnnotationPrefilter.HasInjectorKeys(workload.Annotations)).ToArray();
        var problems = answers.Select(answer => answer.Problem).OfType<string>().ToArray();
        return (workloads, problems.Length == 0 ? null : $"Annotations in the metadata of some workloads were not checked. {string.Join(' ', problems)}");
    }

    /// <summary>Reads the pod templates of the workloads whose annotations have no effect.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="query">The workloads to select.</param>
    /// <param name="options">The settings of the annotations.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The pod templates, with the metadata of their workloads; and what could not be listed, in one line, or null if all could be listed.</returns>
    public static async Task<(IReadOnlyList<PodTemplate> Templates, string? Problem)> ReadAllAsync(
        KubeObjectClient client, KubeQuery query, InjectionOptions options, CancellationToken cancellationToken)
    {
        var (workloads, problem) = await ListAsync(client, query, cancellationToken).ConfigureAwait(false);
        var templates = new List<PodTemplate>();
        foreach (var workload in workloads)
        {
            if (await ReadAsync(client, workload, options, cancellationToken).ConfigureAwait(false) is { } template)
                templates.Add(template);
        }

        return (templates, problem);
    }

    /// <summary>Reads the pod template of a workload; null if the annotations of the workload have an effect, or if it does not exist or cannot be read.</summary>
    public static async Task<PodTemplate?> ReadAsync(KubeObjectClient client, ObjectMetadata workload, InjectionOptions options, CancellationToken cancellationToken)
    {
        var kind = Array.Find(Kinds, kind => kind.Resource.Kind == workload.Kind)!;
        var reference = new ObjectReference(workload.Kind, workload.Namespace, workload.Name);
        var (found, _) = await ClusterCache.QueryAsync("get", kind.Resource, workload.Namespace, () => kind.GetAsync(client, reference, cancellationToken)).ConfigureAwait(false);
        return found is not null && TemplateOf(found) is { } template && Find(template, options) is not null ? template : null;
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
