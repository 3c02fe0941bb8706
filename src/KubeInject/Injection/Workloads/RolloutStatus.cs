using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>The progress of a rollout.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Desired">The desired number of pods.</param>
/// <param name="Updated">The number of pods with the current pod template.</param>
/// <param name="Available">The number of available pods.</param>
/// <param name="IsComplete">Whether the rollout is complete.</param>
/// <param name="Message">The state, in one line.</param>
internal sealed record RolloutStatus(ObjectReference Workload, int Desired, int Updated, int Available, bool IsComplete, string Message);
