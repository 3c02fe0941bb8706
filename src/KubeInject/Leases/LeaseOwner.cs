using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>An object that uses a lease: its annotations or those of its pod template contain the UUID of the lease, or its UID equals the UUID.</summary>
/// <param name="Object">The pod; the workload if it has no pod.</param>
internal sealed record LeaseOwner(ObjectReference Object)
{
    /// <summary>The names of all pods that use the lease.</summary>
    public List<string> Pods { get; } = [];

    /// <summary>All objects that use the lease.</summary>
    public List<ObjectReference> All { get; init; } = [];
}
