using KubeInject.Kubernetes;

namespace KubeInject.Leases;

/// <summary>An object of the cluster whose annotations name a lease.</summary>
/// <param name="Object">The pod; or the workload, where it has no pod.</param>
internal sealed record LeaseOwner(ObjectReference Object)
{
    /// <summary>The names of all pods that have the lease.</summary>
    public List<string> Pods { get; } = [];
}
