namespace KubeInject.Leases;

/// <summary>What a sweep does with a lease.</summary>
public enum LeaseAction
{
    /// <summary>Nothing: it needs nothing, or it is too young to tell.</summary>
    Keep,

    /// <summary>Renew it: its owner lives.</summary>
    Renew,

    /// <summary>Revoke it: its owner is gone.</summary>
    Revoke,

    /// <summary>Revoke what an attempt that broke off has left.</summary>
    CleanUp,
}
