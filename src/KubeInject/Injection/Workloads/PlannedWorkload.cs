namespace KubeInject.Injection.Workloads;

/// <summary>A workload of the cluster that was read, and what is to become of its pod template.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Pod">Its pod template and the plan for it.</param>
internal sealed record PlannedWorkload(LiveWorkload Workload, PlannedPod Pod);
