namespace KubeInject.Leases;

/// <summary>The planned action of a sweep for a lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Action">The planned action.</param>
/// <param name="Reason">Why the lease is kept; <see cref="LeaseKeepReason.None"/> for every other action.</param>
internal sealed record PlannedLeaseAction(CredentialLease Lease, LeaseAction Action, LeaseKeepReason Reason = LeaseKeepReason.None);

/// <summary>The action of a sweep for a lease.</summary>
public enum LeaseAction
{
    /// <summary>Keep the lease unchanged. <see cref="LeaseKeepReason"/> contains the reason.</summary>
    Keep,

    /// <summary>Renew the lease, because its owner exists.</summary>
    Renew,

    /// <summary>Revoke the lease, because its owner no longer exists.</summary>
    Revoke,

    /// <summary>Revoke what an interrupted operation has left.</summary>
    CleanUp,
}

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
