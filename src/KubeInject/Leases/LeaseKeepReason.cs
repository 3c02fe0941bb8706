namespace KubeInject.Leases;

/// <summary>Why a sweep keeps a lease unchanged.</summary>
public enum LeaseKeepReason
{
    /// <summary>The owner exists, and the lease cannot be renewed or does not need to be.</summary>
    None,

    /// <summary>The lease is younger than the grace period, so its pod might not exist yet.</summary>
    GracePeriod,

    /// <summary>The age of the lease is unknown or not plausible.</summary>
    UnknownAge,

    /// <summary>The owner might be among objects that could not be read.</summary>
    OwnersNotSeen,

    /// <summary>The lease belongs to another cluster.</summary>
    OtherCluster,

    /// <summary>The record names no cluster, and the store can contain records of several clusters.</summary>
    UnknownCluster,

    /// <summary>The owner was created during the sweep.</summary>
    OwnerFound,

    /// <summary>The record was changed or removed during the sweep.</summary>
    RecordChanged,

    /// <summary>The user declined the action.</summary>
    Declined,
}
