namespace KubeInject.Leases;

/// <summary>The category of an <see cref="OwnerGap"/>.</summary>
public enum OwnerGapKind
{
    /// <summary>Pods or built-in workloads. The owner of any lease can be among them.</summary>
    Workloads,

    /// <summary>Custom resources. The owner of a lease that was issued for a custom resource can be among them.</summary>
    CustomResources,

    /// <summary>The identity of the cluster. A lease whose record names a cluster can belong to another cluster.</summary>
    Cluster,
}
