namespace KubeInject.Leases;

/// <summary>The clusters whose leases a store contains.</summary>
public enum LeaseStoreScope
{
    /// <summary>Leases of one cluster by convention, for example below a prefix in Vault.</summary>
    OneCluster,

    /// <summary>Leases of any number of clusters, for example in a folder.</summary>
    AnyCluster,
}
