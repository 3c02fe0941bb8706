namespace KubeInject.Leases;

/// <summary>The state of a lease.</summary>
public enum LeaseState
{
    /// <summary>The credential is valid.</summary>
    Active,

    /// <summary>Less than a third of the last granted time remains.</summary>
    Expiring,

    /// <summary>The expiration time has passed.</summary>
    Expired,

    /// <summary>No pod and no workload of the cluster uses the lease, and it is older than the grace period.</summary>
    Orphaned,

    /// <summary>The lease is recorded, but issuing was interrupted or is in progress. A credential might exist.</summary>
    Incomplete,
}
