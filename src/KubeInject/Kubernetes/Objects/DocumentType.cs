using System.Text.Json;
using System.Text.RegularExpressions;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>The kind and API version of a document.</summary>
/// <param name="Kind">The kind: <c>PodList</c>.</param>
/// <param name="ApiVersion">Group and version: <c>v1</c>.</param>
internal sealed partial record DocumentType(string Kind, string ApiVersion)
{
    /// <summary>The metadata of a single object.</summary>
    public static DocumentType Metadata { get; } = new("PartialObjectMetadata", "meta.k8s.io/v1");

    /// <summary>A list of object metadata.</summary>
    public static DocumentType MetadataList { get; } = new("PartialObjectMetadataList", "meta.k8s.io/v1");

    /// <summary>The result of an operation that returns no object.</summary>
    public static DocumentType Status { get; } = new("Status", "v1");

    /// <summary>Gets the type of the objects of a resource.</summary>
    public static DocumentType Of(KubeResource resource) => new(resource.Kind, resource.ApiVersion);

    /// <summary>Gets the type of the lists of a resource.</summary>
    public static DocumentType ListOf(KubeResource resource) => new($"{resource.Kind}List", resource.ApiVersion);

    /// <summary>Returns whether a document has this type. A document without an API version has the version of the request.</summary>
    public bool Is(string? kind, string? apiVersion) => kind == Kind && (apiVersion is null || apiVersion == ApiVersion);

    /// <summary>Validates that an object has metadata and one of the accepted types. Items of a list may omit the type.</summary>
    /// <param name="root">The document.</param>
    /// <param name="accepted">The accepted types.</param>
    /// <exception cref="WrongDocumentException">The object has another type or no metadata.</exception>
    public static void RequireObject(JsonElement root, params ReadOnlySpan<DocumentType> accepted)
    {
        Require(root, accepted);
        if (root.Get("metadata").ValueKind != JsonValueKind.Object)
            throw new WrongDocumentException("an object without metadata");
    }

    /// <summary>Validates that a document is an object and has one of the accepted types. The type may be omitted.</summary>
    /// <exception cref="WrongDocumentException">The document is not an object or has another type.</exception>
    public static void Require(JsonElement root, params ReadOnlySpan<DocumentType> accepted)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new WrongDocumentException("JSON that is not an object");
        var (kind, apiVersion) = (root.Get("kind"), root.Get("apiVersion"));
        foreach (var type in accepted)
        {
            if ((!kind.Exists() || kind.Text() == type.Kind) && (!apiVersion.Exists() || apiVersion.Text() == type.ApiVersion))
                return;
        }

        throw new WrongDocumentException(Describe(kind.Text(), apiVersion.Text()));
    }

    /// <summary>Describes the type of a document for a message. Invalid names are not shown.</summary>
    public static string Describe(string? kind, string? apiVersion) => string.IsNullOrEmpty(kind)
        ? "an object without a kind"
        : $"{(KindName().IsMatch(kind) ? $"kind {kind}" : "a kind with an invalid name")}{(apiVersion is not null && VersionName().IsMatch(apiVersion) ? $" ({apiVersion})" : "")}";

    /// <summary>The type for a message.</summary>
    /// <returns><c>kind PodList (v1)</c>.</returns>
    public override string ToString() => $"kind {Kind} ({ApiVersion})";

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]{0,62}\z")]
    private static partial Regex KindName();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9./-]{0,99}\z")]
    private static partial Regex VersionName();
}
