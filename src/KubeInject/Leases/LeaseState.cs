namespace KubeInject.Leases;

/// <summary>How a lease stands.</summary>
public enum LeaseState
{
    /// <summary>Issued, and in nobody's way.</summary>
    Active,

    /// <summary>Less than a third is left of the time that was last granted.</summary>
    Expiring,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>No pod and no workload of the cluster has it any more, and it is old enough not to be waiting for its pod.</summary>
    Orphaned,

    /// <summary>Recorded, and perhaps issued: issuing broke off, or is under way.</summary>
    Incomplete,
}
