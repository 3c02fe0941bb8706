namespace KubeInject.Kubernetes.Client;

/// <summary>Whether the user of a connection may do something.</summary>
/// <param name="Allowed">Whether it is allowed.</param>
/// <param name="Reason">Why, in the server's words; null where it does not say.</param>
public sealed record AccessAnswer(bool Allowed, string? Reason);
