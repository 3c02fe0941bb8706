using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>An object of the cluster that has a lease: its annotations, or those of its pod template, name the lease, or its own UID does.</summary>
/// <param name="Object">The pod; or the workload, where it has no pod.</param>
internal sealed record LeaseOwner(ObjectReference Object)
{
    /// <summary>The names of all pods that have the lease.</summary>
    public List<string> Pods { get; } = [];

    /// <summary>All objects that have the lease.</summary>
    public List<ObjectReference> All { get; init; } = [];
}
