using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>The built-in kinds of Kubernetes that can own a lease.</summary>
internal static class LeaseOwnerKinds
{
    public static readonly KubeResource ReplicationControllers = new("", "v1", "replicationcontrollers", "ReplicationController");
    public static readonly KubeResource PodTemplates = new("", "v1", "podtemplates", "PodTemplate");
    public static readonly KubeResource ControllerRevisions = new("apps", "v1", "controllerrevisions", "ControllerRevision");

    /// <summary>
    /// The kinds in the order in which one creates the next, so that an object that is created during the read is found itself or
    /// through its creator.
    /// </summary>
    public static readonly IReadOnlyList<KubeResource> All =
    [
        KubeResource.CronJobs, KubeResource.Deployments, KubeResource.StatefulSets, KubeResource.DaemonSets, ReplicationControllers, KubeResource.Jobs,
        PodTemplates, ControllerRevisions, KubeResource.ReplicaSets, KubeResource.Pods,
    ];

    private static readonly HashSet<string> Kinds = All.Select(resource => resource.Kind).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether a kind is built in, so that its objects are always read.</summary>
    public static bool IsKnown(string kind) => Kinds.Contains(kind);
}
