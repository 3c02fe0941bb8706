using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>Which objects of a resource to list or to watch.</summary>
public sealed record KubeQuery
{
    /// <summary>The namespace; null for that of the connection (default). Of no meaning for objects that live in none.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether the objects of all namespaces are meant; wins over <see cref="Namespace"/>. Default: false.</summary>
    public bool AllNamespaces { get; init; }

    /// <summary>A label selector as the API takes it: <c>app=orders,tier!=cache</c>; null for all objects (default).</summary>
    public string? LabelSelector { get; init; }

    /// <summary>A field selector as the API takes it: <c>status.phase=Running</c>; null for all objects (default).</summary>
    public string? FieldSelector { get; init; }

    /// <summary>How many objects one request of a list brings at most; at least 1. Default: 500, as kubectl's.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>
    /// Whether a list of metadata may be what the API server remembers: as a rule the same to the second, and much cheaper
    /// for the server, which then sends it as a whole whatever the page's size, and may send it in any order. Default: false,
    /// what is stored now, in the order of namespaces and names.
    /// (https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list)
    /// </summary>
    public bool FromCache { get; init; }

    /// <summary>Is told of each page of a list, on the thread that reads it; null for nobody (default).</summary>
    public IProgress<ListProgress>? Progress { get; init; }

    /// <summary>The path of the list, with what selects in its query.</summary>
    internal string ListPath(KubeResource resource, string defaultNamespace)
    {
        (string Key, string? Value)[] selectors = [("labelSelector", LabelSelector), ("fieldSelector", FieldSelector)];
        var parameters = selectors.Where(selector => !string.IsNullOrEmpty(selector.Value))
            .Select(selector => $"{selector.Key}={Uri.EscapeDataString(selector.Value!)}");
        var query = string.Join('&', parameters);
        return resource.ListPath(AllNamespaces ? null : Namespace ?? defaultNamespace) + (query.Length == 0 ? "" : $"?{query}");
    }
}
