using KubeInject.Injection.Workloads;

namespace KubeInject.Injection.Rotation;

/// <summary>How credentials are rotated.</summary>
public sealed record RotationOptions
{
    /// <summary>How the containers get the new credentials; null for the way in which they have the old ones (default).</summary>
    public CredentialDelivery? Delivery { get; init; }

    /// <summary>How long the rollout may take before the old credentials are put back. Default: 5 minutes.</summary>
    public TimeSpan Timeout { get; init; } = Rollout.DefaultTimeout;
}
