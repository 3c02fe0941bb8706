using KubeInject.Annotations;
using KubeInject.Leases;

namespace KubeInject.Controller;

/// <summary>The options of the controller.</summary>
internal sealed record ControllerOptions
{
    /// <summary>The label key and the default mount path.</summary>
    public InjectionOptions Injection { get; init; } = InjectionOptions.Default;

    /// <summary>The options for leases that the controller did not issue.</summary>
    public LeaseOptions Sweep { get; init; } = new();

    /// <summary>The maximum number of pods that are processed at the same time. Default: 16.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>What happens to a pod whose credentials can no longer be extended. Default: none.</summary>
    public ExpiryAction OnExpiry { get; init; }

    /// <summary>The time between two comparisons of all leases with all pods. Default: 5 minutes.</summary>
    public TimeSpan PassInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The time until a failed pass is repeated. Default: 10 s.</summary>
    public TimeSpan PassRetry { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time after the first failure for a pod. It doubles with each failure. Default: 1 s.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest time after a failure for a pod. Default: 5 minutes.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The time after which one of the pods is tried again while the source is unavailable. If it gets its credentials, all others
    /// follow at once. Default: 5 s.
    /// </summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(5);
}
