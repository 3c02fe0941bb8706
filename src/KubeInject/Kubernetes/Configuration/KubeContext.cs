namespace KubeInject.Kubernetes.Configuration;

/// <summary>What a context of a kubeconfig leads to. Holds nothing secret, and nothing of it is checked.</summary>
public sealed record KubeContext
{
    /// <summary>The context's name.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the cluster; null where the context names none.</summary>
    public string? Cluster { get; init; }

    /// <summary>Where the cluster's API server is; null where the cluster is missing or has no server.</summary>
    public string? Server { get; init; }

    /// <summary>The name of the user; null where the context names none.</summary>
    public string? User { get; init; }

    /// <summary>The namespace; <c>default</c> where the context sets none.</summary>
    public required string Namespace { get; init; }

    /// <summary>The file that the context stands in.</summary>
    public required string File { get; init; }

    /// <summary>All the files that were merged, in the order in which they count: the context's cluster and user may stand in others than <see cref="File"/>.</summary>
    public required IReadOnlyList<string> KubeConfig { get; init; }

    /// <summary>Whether it is the one that is used where none is named.</summary>
    public required bool IsCurrent { get; init; }
}
