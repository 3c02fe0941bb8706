namespace KubeInject.Kubernetes.Client;

/// <summary>The result of an access review.</summary>
/// <param name="Allowed">Whether it is allowed.</param>
/// <param name="Reason">The reason that the server returned; null if it returned none.</param>
internal sealed record AccessAnswer(bool Allowed, string? Reason);
