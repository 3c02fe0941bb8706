namespace KubeInject.Kubernetes.Configuration;

/// <summary>The authentication provider of a user of a kubeconfig: <c>auth-provider</c>.</summary>
internal sealed record KubeconfigAuthProvider
{
    /// <summary>The name of the provider; empty if it has none.</summary>
    public required string Name { get; init; }

    /// <summary>The token of the provider <c>oidc</c>.</summary>
    public SensitiveString? IdToken { get; init; }
}
