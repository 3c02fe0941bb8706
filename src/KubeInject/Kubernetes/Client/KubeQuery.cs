using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>Selects the objects of a resource to list or watch.</summary>
public sealed record KubeQuery
{
    /// <summary>The namespace; null for the namespace of the connection (default). Cluster-scoped resources ignore it.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether to select objects of all namespaces. Overrides <see cref="Namespace"/>. Default: false.</summary>
    public bool AllNamespaces { get; init; }

    /// <summary>A label selector of the API: <c>app=orders,tier!=cache</c>; null for all objects (default).</summary>
    public string? LabelSelector { get; init; }

    /// <summary>A field selector of the API: <c>status.phase=Running</c>; null for all objects (default).</summary>
    public string? FieldSelector { get; init; }

    /// <summary>The maximum number of objects per page; at least 1. Default: 500, like kubectl.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>
    /// Whether the API server may return a list of metadata from its watch cache. The list is usually less than a second old and
    /// much cheaper for the server. The server then ignores the page size and the order of the objects is undefined. Default: false,
    /// which returns the current state, ordered by namespace and name.
    /// (https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list)
    /// </summary>
    public bool FromCache { get; init; }

    /// <summary>Is notified of each page of a list, on the thread that reads the list; null for no notification (default).</summary>
    public IProgress<ListProgress>? Progress { get; init; }

    /// <summary>Gets the path of the list, with the selectors in the query.</summary>
    internal string ListPath(KubeResource resource, string defaultNamespace)
    {
        (string Key, string? Value)[] selectors = [("labelSelector", LabelSelector), ("fieldSelector", FieldSelector)];
        var parameters = selectors.Where(selector => !string.IsNullOrEmpty(selector.Value))
            .Select(selector => $"{selector.Key}={Uri.EscapeDataString(selector.Value!)}");
        var query = string.Join('&', parameters);
        return resource.ListPath(AllNamespaces ? null : Namespace ?? defaultNamespace) + (query.Length == 0 ? "" : $"?{query}");
    }
}
