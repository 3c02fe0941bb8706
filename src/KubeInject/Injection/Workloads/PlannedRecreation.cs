using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Injection.Workloads;

/// <summary>A pod of the cluster that is to be deleted and created again, and what is to become of it.</summary>
/// <param name="Live">The pod as it is.</param>
/// <param name="Document">What creates it again as it was.</param>
/// <param name="Pod">The plan for it.</param>
internal sealed record PlannedRecreation(KubeObject Live, ManifestDocument Document, PlannedPod Pod);
