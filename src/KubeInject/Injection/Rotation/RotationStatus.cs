namespace KubeInject.Injection.Rotation;

/// <summary>What became of a rotation.</summary>
public enum RotationStatus
{
    /// <summary>The workload has no credentials that could be replaced, and is unchanged.</summary>
    NotInjected,

    /// <summary>It would get new credentials; this was a dry run, and nothing was issued.</summary>
    Planned,

    /// <summary>It has new credentials, and its pods use them.</summary>
    Rotated,

    /// <summary>Its pods did not come up with new credentials; it has the old ones again, and the new ones are revoked.</summary>
    RolledBack,

    /// <summary>It could not be done; the error says how things stand.</summary>
    Failed,
}
