namespace KubeInject.Kubernetes;

/// <summary>A container of a pod, by its name and the variables that it declares.</summary>
/// <param name="Name">The container's name; empty where the document gives none.</param>
/// <param name="IsInit">Whether it stands under <c>initContainers</c>.</param>
/// <param name="Variables">Names of the variables in <c>env</c>, in the order of the document, repeated as often as they stand there.</param>
public sealed record PodContainer(string Name, bool IsInit, IReadOnlyList<string> Variables);
