namespace KubeInject.Kubernetes.Client;

/// <summary>A group of resources that an API server serves.</summary>
/// <param name="Name">The name: <c>argoproj.io</c>.</param>
/// <param name="Versions">The versions, starting with the preferred version.</param>
internal sealed record ApiGroup(string Name, IReadOnlyList<string> Versions);
