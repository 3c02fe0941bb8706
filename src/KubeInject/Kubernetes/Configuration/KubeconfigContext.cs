namespace KubeInject.Kubernetes.Configuration;

/// <summary>A context of a kubeconfig: which user on which cluster, in which namespace.</summary>
public sealed record KubeconfigContext
{
    /// <summary>The context's name.</summary>
    public required string Name { get; init; }

    /// <summary>The file that it stands in.</summary>
    public required string File { get; init; }

    /// <summary>The name of the cluster.</summary>
    public string? Cluster { get; init; }

    /// <summary>The name of the user; null for a context without credentials.</summary>
    public string? User { get; init; }

    /// <summary>The namespace; null where the context sets none, which means <c>default</c>.</summary>
    public string? Namespace { get; init; }
}
