using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>A container and where it stands.</summary>
internal sealed record ManifestContainer(MappingNode Node, PodContainer Container);
