using KubeInject.Leases;

namespace KubeInject.Injection.Workloads;

/// <summary>What became of an attempt to put credentials into a workload.</summary>
internal sealed record WrittenWorkload
{
    /// <summary>What was planned last.</summary>
    public required PlannedWorkload Plan { get; init; }

    /// <summary>The workload with the credentials in it; null where it has none of them.</summary>
    public LiveWorkload? Workload { get; init; }

    /// <summary>The credentials that it has; empty where it has none of them.</summary>
    public IReadOnlyList<IssuedLease> Credentials { get; init; } = [];

    /// <summary>Why it has none of them, and what became of them; null where it has.</summary>
    public string? Error { get; init; }
}
