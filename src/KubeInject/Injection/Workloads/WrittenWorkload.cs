using KubeInject.Leases;

namespace KubeInject.Injection.Workloads;

/// <summary>The result of adding credentials to a workload.</summary>
internal sealed record WrittenWorkload
{
    /// <summary>The latest plan.</summary>
    public required PlannedWorkload Plan { get; init; }

    /// <summary>The workload with the credentials. Null if it does not have them.</summary>
    public LiveWorkload? Workload { get; init; }

    /// <summary>The credentials of the workload. Empty if it does not have them.</summary>
    public IReadOnlyList<IssuedLease> Credentials { get; init; } = [];

    /// <summary>The reason why the workload does not have the credentials, and their state. Null if it has them.</summary>
    public string? Error { get; init; }
}
