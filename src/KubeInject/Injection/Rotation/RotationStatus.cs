namespace KubeInject.Injection.Rotation;

/// <summary>The status of a rotation.</summary>
public enum RotationStatus
{
    /// <summary>The workload has no injected credentials and is unchanged.</summary>
    NotInjected,

    /// <summary>The workload would get new credentials. This was a dry run, and nothing was issued.</summary>
    Planned,

    /// <summary>The workload has new credentials, and its pods use them.</summary>
    Rotated,

    /// <summary>The pods did not become ready with the new credentials. The workload has the old credentials again, and the new ones are revoked.</summary>
    RolledBack,

    /// <summary>The rotation failed. The error describes the current state.</summary>
    Failed,
}
