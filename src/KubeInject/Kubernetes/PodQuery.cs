namespace KubeInject.Kubernetes;

/// <summary>Which pods to list.</summary>
public sealed record PodQuery
{
    /// <summary>The namespace; null for that of the connection (default).</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether the pods of all namespaces are listed; wins over <see cref="Namespace"/>. Default: false.</summary>
    public bool AllNamespaces { get; init; }

    /// <summary>A label selector as the API takes it: <c>app=orders,tier!=cache</c>; null for all pods (default).</summary>
    public string? LabelSelector { get; init; }

    /// <summary>A field selector as the API takes it: <c>status.phase=Running</c>; null for all pods (default).</summary>
    public string? FieldSelector { get; init; }

    /// <summary>How many pods one request brings at most; at least 1. Default: 500, as kubectl's.</summary>
    public int PageSize { get; init; } = 500;
}
