namespace KubeInject.Leases;

/// <summary>Whose leases a store records.</summary>
public enum LeaseStoreScope
{
    /// <summary>Those of one cluster, by agreement, as a prefix in Vault.</summary>
    OneCluster,

    /// <summary>Those of any cluster, as a folder.</summary>
    AnyCluster,
}
