using System.Text.Json.Nodes;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>An action whose authorization is reviewed for the user of a connection.</summary>
/// <param name="Verb">The verb: <c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, …; <c>*</c> for all verbs.</param>
/// <param name="Resource">The resource on which the action is performed.</param>
internal sealed record AccessQuestion(string Verb, KubeResource Resource)
{
    /// <summary>The subresource: <c>token</c>; null for none (default).</summary>
    public string? Subresource { get; init; }

    /// <summary>The namespace; null for the namespace of the connection (default).</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether the action is reviewed for all namespaces. Overrides <see cref="Namespace"/>. Default: false.</summary>
    public bool AllNamespaces { get; init; }

    /// <summary>The name of a single object; null for all objects (default).</summary>
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

/// <summary>The result of an access review.</summary>
/// <param name="Allowed">Whether it is allowed.</param>
/// <param name="Reason">The reason that the server returned; null if it returned none.</param>
internal sealed record AccessAnswer(bool Allowed, string? Reason);
