namespace KubeInject.Leases;

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
