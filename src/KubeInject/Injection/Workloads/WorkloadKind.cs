using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>A kind of workload that a cluster may have.</summary>
/// <param name="Resource">Where the API server serves it.</param>
/// <param name="Names">What kubectl calls it, the short name included.</param>
/// <param name="TemplatePath">The JSON pointer of its pod template; empty for a pod, which is one.</param>
internal sealed record WorkloadKind(KubeResource Resource, string[] Names, string TemplatePath)
{
    // Before Kubernetes 1.21. (https://kubernetes.io/docs/reference/using-api/deprecation-guide/#cronjob-v125)
    private static readonly KubeResource OldCronJobs = KubeResource.CronJobs with { Version = "v1beta1" };

    /// <summary>All of them, in the order in which messages name them.</summary>
    public static IReadOnlyList<WorkloadKind> All { get; } =
    [
        new(KubeResource.Deployments, ["deployment", "deployments", "deploy"], "/spec/template"),
        new(KubeResource.StatefulSets, ["statefulset", "statefulsets", "sts"], "/spec/template"),
        new(KubeResource.DaemonSets, ["daemonset", "daemonsets", "ds"], "/spec/template"),
        new(KubeResource.CronJobs, ["cronjob", "cronjobs", "cj"], "/spec/jobTemplate/spec/template"),
        new(KubeResource.Pods, ["pod", "pods", "po"], ""),
    ];

    /// <summary>Whether its pod template can be changed while it is there.</summary>
    public bool CanBeChanged => TemplatePath.Length > 0;

    /// <summary>The kind of that name in documents; null for any other.</summary>
    public static WorkloadKind? Of(string kind) => All.FirstOrDefault(known => known.Resource.Kind == kind);

    /// <summary>Whether kubectl calls it so: <c>deploy</c>, <c>deployments.apps</c>, <c>deployments.v1.apps</c>, in upper or lower case.</summary>
    public bool IsNamed(string type)
    {
        // kubectl takes the group behind the name, and the version between them.
        var parts = type.Split('.');
        return Names.Contains(parts[0], StringComparer.OrdinalIgnoreCase)
            && (parts.Length == 1 || string.Equals(parts[^1], Resource.Group, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads an object of this kind, in the version of the API that the server has.</summary>
    public async Task<KubeObject> GetAsync(KubeObjectClient client, ObjectReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync(Resource, reference.Name, reference.Namespace, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound && Resource == KubeResource.CronJobs && exception.Details?.Name is null)
        {
            return await client.GetAsync(OldCronJobs, reference.Name, reference.Namespace, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lists the metadata of objects of this kind, in the version of the API that the server has.</summary>
    public async Task<IReadOnlyList<ObjectMetadata>> ListAsync(KubeObjectClient client, KubeQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(Resource).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound && Resource == KubeResource.CronJobs)
        {
            return await ReadAsync(OldCronJobs).ConfigureAwait(false);
        }

        async Task<IReadOnlyList<ObjectMetadata>> ReadAsync(KubeResource resource)
        {
            var list = new List<ObjectMetadata>();
            await foreach (var found in client.ListMetadataAsync(resource, query, cancellationToken).ConfigureAwait(false))
                list.Add(found);
            return list;
        }
    }

    /// <summary>Where the API server serves an object that was read.</summary>
    public KubeResource ResourceOf(KubeObject workload) => workload.ApiVersion == OldCronJobs.ApiVersion && Resource == KubeResource.CronJobs ? OldCronJobs : Resource;
}
