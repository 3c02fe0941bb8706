using System.Text.Json;
using System.Text.RegularExpressions;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>Kind and API version of a document.</summary>
/// <param name="Kind">The kind: <c>PodList</c>.</param>
/// <param name="ApiVersion">Group and version: <c>v1</c>.</param>
internal sealed partial record DocumentType(string Kind, string ApiVersion)
{
    /// <summary>The metadata of an object alone.</summary>
    public static DocumentType Metadata { get; } = new("PartialObjectMetadata", "meta.k8s.io/v1");

    /// <summary>A list of such.</summary>
    public static DocumentType MetadataList { get; } = new("PartialObjectMetadataList", "meta.k8s.io/v1");

    /// <summary>What the server answers where it has nothing else to say.</summary>
    public static DocumentType Status { get; } = new("Status", "v1");

    /// <summary>An object of a resource.</summary>
    public static DocumentType Of(KubeResource resource) => new(resource.Kind, resource.ApiVersion);

    /// <summary>A list of a resource.</summary>
    public static DocumentType ListOf(KubeResource resource) => new($"{resource.Kind}List", resource.ApiVersion);

    /// <summary>Whether a document says that it is this. A document that names no version has that of the request.</summary>
    public bool Is(string? kind, string? apiVersion) => kind == Kind && (apiVersion is null || apiVersion == ApiVersion);

    /// <summary>Makes sure that an object has metadata, and one of these types wherever it names one: the items of a list do not.</summary>
    /// <param name="root">The document.</param>
    /// <param name="accepted">The types.</param>
    /// <exception cref="WrongDocumentException">It is another object.</exception>
    public static void RequireObject(JsonElement root, params ReadOnlySpan<DocumentType> accepted)
    {
        Require(root, accepted);
        if (root.Get("metadata").ValueKind != JsonValueKind.Object)
            throw new WrongDocumentException("an object without metadata");
    }

    /// <summary>Makes sure that a document has one of these types wherever it names one.</summary>
    /// <exception cref="WrongDocumentException">It is no object, or has another type.</exception>
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

    /// <summary>The type that a document names, for a message: nothing of it is shown that is no type.</summary>
    public static string Describe(string? kind, string? apiVersion) => string.IsNullOrEmpty(kind)
        ? "an object without a kind"
        : $"{(KindName().IsMatch(kind) ? $"kind {kind}" : "a kind with an invalid name")}{(apiVersion is not null && VersionName().IsMatch(apiVersion) ? $" ({apiVersion})" : "")}";

    /// <summary>The type in words.</summary>
    /// <returns><c>kind PodList (v1)</c>.</returns>
    public override string ToString() => $"kind {Kind} ({ApiVersion})";

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]{0,62}\z")]
    private static partial Regex KindName();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9./-]{0,99}\z")]
    private static partial Regex VersionName();
}
