using System.Text.Json.Nodes;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>Something that the user of a connection may, or may not, do.</summary>
/// <param name="Verb">What: <c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, …; <c>*</c> for everything.</param>
/// <param name="Resource">With objects of which kind.</param>
public sealed record AccessQuestion(string Verb, KubeResource Resource)
{
    /// <summary>The sub-resource: <c>token</c>; null for the objects themselves (default).</summary>
    public string? Subresource { get; init; }

    /// <summary>The namespace; null for that of the connection (default).</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether all namespaces are meant; wins over <see cref="Namespace"/>. Default: false.</summary>
    public bool AllNamespaces { get; init; }

    /// <summary>The one object that is meant; null for all (default).</summary>
    public string? Name { get; init; }

    /// <summary>The body of the request.</summary>
    internal JsonObject ToJson(string defaultNamespace)
    {
        var attributes = new JsonObject
        {
            ["verb"] = Verb,
            ["group"] = Resource.Group,
            ["version"] = Resource.Version,
            ["resource"] = Resource.Plural,
            ["subresource"] = Subresource ?? "",
            ["name"] = Name ?? "",
            ["namespace"] = Resource.IsNamespaced && !AllNamespaces ? Namespace ?? defaultNamespace : "",
        };
        return new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectAccessReview",
            ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
        };
    }
}
