using KubeInject.Injection.Workloads;

namespace KubeInject.Injection.Rotation;

/// <summary>The options for rotating credentials.</summary>
internal sealed record RotationOptions
{
    /// <summary>The way in which containers get the new credentials. Null keeps the current way. Default: null.</summary>
    public CredentialDelivery? Delivery { get; init; }

    /// <summary>The maximum duration of the rollout before the old credentials are restored. Default: 5 minutes.</summary>
    public TimeSpan Timeout { get; init; } = Rollout.DefaultTimeout;
}
