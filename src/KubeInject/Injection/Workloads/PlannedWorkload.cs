namespace KubeInject.Injection.Workloads;

/// <summary>A workload of the cluster and the planned injection of its pod template.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Pod">The pod template and its planned injection.</param>
internal sealed record PlannedWorkload(LiveWorkload Workload, PlannedPod Pod);
