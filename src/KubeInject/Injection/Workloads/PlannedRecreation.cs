using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Injection.Workloads;

/// <summary>A pod of the cluster and its planned recreation.</summary>
/// <param name="Live">The existing pod.</param>
/// <param name="Document">The manifest that creates the original pod again.</param>
/// <param name="Pod">The planned injection.</param>
internal sealed record PlannedRecreation(KubeObject Live, ManifestDocument Document, PlannedPod Pod);
