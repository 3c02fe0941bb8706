namespace KubeInject.Kubernetes;

/// <summary>A token of a ServiceAccount.</summary>
/// <param name="Token">The token.</param>
/// <param name="ExpirationTimestamp">Until when it is accepted.</param>
public sealed record ServiceAccountToken(Secret Token, DateTimeOffset ExpirationTimestamp);
