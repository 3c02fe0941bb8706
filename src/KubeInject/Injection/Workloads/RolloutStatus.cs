using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>How far the change of a workload has come to its pods.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Desired">How many pods there are to be.</param>
/// <param name="Updated">How many there are of the new kind.</param>
/// <param name="Available">How many of them can be used.</param>
/// <param name="IsComplete">Whether that is all.</param>
/// <param name="Message">What is being waited for, in one line.</param>
public sealed record RolloutStatus(ObjectReference Workload, int Desired, int Updated, int Available, bool IsComplete, string Message);
