namespace KubeInject.Kubernetes.Configuration;

/// <summary>A context entry of a kubeconfig: a cluster, a user and a namespace.</summary>
internal sealed record KubeconfigContext
{
    /// <summary>The name of the context.</summary>
    public required string Name { get; init; }

    /// <summary>The file that contains the entry.</summary>
    public required string File { get; init; }

    /// <summary>The name of the cluster.</summary>
    public string? Cluster { get; init; }

    /// <summary>The name of the user; null for a context without credentials.</summary>
    public string? User { get; init; }

    /// <summary>The namespace; null if the context has none, which means <c>default</c>.</summary>
    public string? Namespace { get; init; }
}
