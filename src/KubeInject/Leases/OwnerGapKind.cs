namespace KubeInject.Leases;

/// <summary>What could not be seen of a cluster.</summary>
public enum OwnerGapKind
{
    /// <summary>Pods, or workloads of a kind that Kubernetes itself has: any lease may have its owner among them.</summary>
    Workloads,

    /// <summary>Custom resources: a lease that was issued for an object of such a kind may have its owner among them.</summary>
    CustomResources,

    /// <summary>Which cluster it is: a lease whose record names a cluster may belong to another one.</summary>
    Cluster,
}
