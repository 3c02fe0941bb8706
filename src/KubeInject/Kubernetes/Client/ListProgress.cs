namespace KubeInject.Kubernetes.Client;

/// <summary>How far a list has come.</summary>
/// <param name="Done">How many objects have arrived.</param>
/// <param name="Total">How many there are; null where the server does not say, as with selectors and for what it remembers.</param>
/// <param name="IsComplete">Whether that was the last of them.</param>
public sealed record ListProgress(long Done, long? Total, bool IsComplete);
