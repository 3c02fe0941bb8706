using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>A kind of workload that can be injected.</summary>
/// <param name="Resource">The resource of the API server.</param>
/// <param name="Names">The names of the kind in kubectl, including the short name.</param>
/// <param name="TemplatePath">The JSON pointer of the pod template. Empty for a pod.</param>
internal sealed record WorkloadKind(KubeResource Resource, string[] Names, string TemplatePath)
{
    // Before Kubernetes 1.21. (https://kubernetes.io/docs/reference/using-api/deprecation-guide/#cronjob-v125)
    private static readonly KubeResource OldCronJobs = KubeResource.CronJobs with { Version = "v1beta1" };

    /// <summary>All kinds, in the order of messages.</summary>
    public static IReadOnlyList<WorkloadKind> All { get; } =
    [
        new(KubeResource.Deployments, ["deployment", "deployments", "deploy"], "/spec/template"),
        new(KubeResource.StatefulSets, ["statefulset", "statefulsets", "sts"], "/spec/template"),
        new(KubeResource.DaemonSets, ["daemonset", "daemonsets", "ds"], "/spec/template"),
        new(KubeResource.CronJobs, ["cronjob", "cronjobs", "cj"], "/spec/jobTemplate/spec/template"),
        new(KubeResource.Pods, ["pod", "pods", "po"], ""),
    ];

    /// <summary>Whether the pod template of an existing object can be changed.</summary>
    public bool CanBeChanged => TemplatePath.Length > 0;

    /// <summary>Returns a kind by its name in manifests. Null for an unknown kind.</summary>
    public static WorkloadKind? Of(string kind) => All.FirstOrDefault(known => known.Resource.Kind == kind);

    /// <summary>Returns whether kubectl uses a name for this kind: <c>deploy</c>, <c>deployments.apps</c>, <c>deployments.v1.apps</c>. Not case-sensitive.</summary>
    public bool IsNamed(string type)
    {
        // In kubectl, the name can be followed by the group, with an optional version between them.
        var parts = type.Split('.');
        return Names.Contains(parts[0], StringComparer.OrdinalIgnoreCase)
            && (parts.Length == 1 || string.Equals(parts[^1], Resource.Group, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads an object of this kind, with the API version that the server supports.</summary>
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

    /// <summary>Lists the metadata of objects of this kind, with the API version that the server supports.</summary>
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

    /// <summary>Returns the resource of an object that was read.</summary>
    public KubeResource ResourceOf(KubeObject workload) => workload.ApiVersion == OldCronJobs.ApiVersion && Resource == KubeResource.CronJobs ? OldCronJobs : Resource;
}
