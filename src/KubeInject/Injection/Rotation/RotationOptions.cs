using KubeInject.Injection.Workloads;

namespace KubeInject.Injection.Rotation;

/// <summary>The options for rotating credentials.</summary>
internal sealed record RotationOptions
{
    /// <summary>The way in which containers get the new credentials. Null keeps the current way. Default: null.</summary>
    public CredentialDelivery? Delivery { get; init; }

    /// <summary>Whether to change a workload that another component manages and whose next reconciliation can revert the change or fail. Default: false.</summary>
    public bool Force { get; init; }

    /// <summary>The maximum duration of the rollout before the old credentials are restored. Default: 5 minutes.</summary>
    public TimeSpan Timeout { get; init; } = Rollout.DefaultTimeout;
}
