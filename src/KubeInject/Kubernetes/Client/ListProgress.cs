namespace KubeInject.Kubernetes.Client;

/// <summary>The progress of a list.</summary>
/// <param name="Done">The number of received objects.</param>
/// <param name="Total">The total number of objects; null if the server does not specify it, for example with selectors or from the watch cache.</param>
/// <param name="IsComplete">Whether the list is complete.</param>
public sealed record ListProgress(long Done, long? Total, bool IsComplete);
