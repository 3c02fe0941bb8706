namespace KubeInject.Leases;

/// <summary>How far a lease has come.</summary>
public enum LeaseState
{
    /// <summary>Recorded, and perhaps issued: what it may have brought into being is to be revoked unless it completes.</summary>
    Incomplete,

    /// <summary>Issued and completely recorded.</summary>
    Active,
}
