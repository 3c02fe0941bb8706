namespace KubeInject.Kubernetes.Configuration;

/// <summary>A context of a kubeconfig with its cluster and user. Contains no secrets and is not validated.</summary>
public sealed record KubeContext
{
    /// <summary>The name of the context.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the cluster; null if the context has none.</summary>
    public string? Cluster { get; init; }

    /// <summary>The address of the API server; null if the cluster is missing or has no server.</summary>
    public string? Server { get; init; }

    /// <summary>The name of the user; null if the context has none.</summary>
    public string? User { get; init; }

    /// <summary>The namespace; <c>default</c> if the context has none.</summary>
    public required string Namespace { get; init; }

    /// <summary>The file that contains the context.</summary>
    public required string File { get; init; }

    /// <summary>All merged files in order of precedence. The cluster and the user can be in files other than <see cref="File"/>.</summary>
    public required IReadOnlyList<string> KubeConfig { get; init => field = ReadableList.Of(value); }

    /// <summary>Whether this is the current context.</summary>
    public required bool IsCurrent { get; init; }
}
