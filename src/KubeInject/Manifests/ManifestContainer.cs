using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>A container and its node in the manifest.</summary>
internal sealed record ManifestContainer(MappingNode Node, PodContainer Container);
