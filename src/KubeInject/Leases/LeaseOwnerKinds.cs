using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>The kinds of objects that Kubernetes itself has and that can own a lease.</summary>
internal static class LeaseOwnerKinds
{
    public static readonly KubeResource ReplicationControllers = new("", "v1", "replicationcontrollers", "ReplicationController");
    public static readonly KubeResource PodTemplates = new("", "v1", "podtemplates", "PodTemplate");
    public static readonly KubeResource ControllerRevisions = new("apps", "v1", "controllerrevisions", "ControllerRevision");

    /// <summary>
    /// In the order in which one brings the next into the cluster, so that what is created while they are read is seen as
    /// what created it or as itself.
    /// </summary>
    public static readonly IReadOnlyList<KubeResource> All =
    [
        KubeResource.CronJobs, KubeResource.Deployments, KubeResource.StatefulSets, KubeResource.DaemonSets, ReplicationControllers, KubeResource.Jobs,
        PodTemplates, ControllerRevisions, KubeResource.ReplicaSets, KubeResource.Pods,
    ];

    private static readonly HashSet<string> Kinds = All.Select(resource => resource.Kind).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether objects of a kind are always looked at.</summary>
    public static bool AreKnown(string kind) => Kinds.Contains(kind);
}
