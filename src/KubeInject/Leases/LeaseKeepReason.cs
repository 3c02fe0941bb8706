namespace KubeInject.Leases;

/// <summary>Why a sweep leaves a lease as it is.</summary>
public enum LeaseKeepReason
{
    /// <summary>It needs nothing: its owner lives, and it cannot or need not be renewed.</summary>
    None,

    /// <summary>It is younger than the grace period: its pod may not be there yet.</summary>
    GracePeriod,

    /// <summary>How old it is is not known, or its age makes no sense.</summary>
    UnknownAge,

    /// <summary>Its owner may be among what could not be seen.</summary>
    OwnersNotSeen,

    /// <summary>It is a lease of another cluster.</summary>
    OtherCluster,

    /// <summary>Its record names no cluster, and its store keeps the records of any.</summary>
    UnknownCluster,

    /// <summary>Its owner came while the sweep was under way.</summary>
    OwnerFound,

    /// <summary>Its record was changed or removed while the sweep was under way.</summary>
    RecordChanged,

    /// <summary>The sweep was told to leave it.</summary>
    Declined,
}
