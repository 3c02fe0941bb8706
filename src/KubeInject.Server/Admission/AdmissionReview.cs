using System.Text.Json;
using KubeInject.Manifests;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Admission;

/// <summary>A request of the API server (<c>AdmissionReview</c> of <c>admission.k8s.io/v1</c>).</summary>
internal sealed class AdmissionReview
{
    /// <summary>The maximum size of a request in bytes. The API server limits objects to 3 MiB.</summary>
    public const int MaximumLength = 8 << 20;

    // A pod of 3 MiB with short texts has about 100,000 values. Each needs memory while the request is processed.
    private const int MaximumValues = 250_000;

    private readonly ManifestText text;
    private readonly MappingNode request;

    private AdmissionReview(ManifestText text, MappingNode request, string uid)
    {
        this.text = text;
        this.request = request;
        Uid = uid;
    }

    /// <summary>The identifier that the response repeats.</summary>
    public string Uid { get; }

    /// <summary>The namespace of the object, which the object itself might not specify. Null for an object without a namespace.</summary>
    public string? Namespace => Text(request, "namespace") is { Length: > 0 } name ? name : null;

    /// <summary>Whether a pod is created. A subresource of a pod is not the pod.</summary>
    public bool IsPodCreation =>
        Text(request, "operation") == "CREATE"
        && string.IsNullOrEmpty(Text(request, "subResource"))
        && IsOf("kind", "kind", "Pod") && IsOf("resource", "resource", "pods");

    /// <summary>Reads a request.</summary>
    /// <exception cref="ManifestException">The bytes are not a request of this version, are too large, or have a duplicate key.</exception>
    public static AdmissionReview Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length > MaximumLength)
            throw Invalid($"The request is larger than {MaximumLength >> 20} MiB.");
        CheckSize(body);
        var text = ManifestText.Decode(body);
        if (JsonReader.Read(text) is not [var document])
            throw Invalid("The request has more than one JSON value.");
        if (document.Problem is { } problem)
            throw problem;
        if (document.Root is not MappingNode review || Text(review, "kind") != "AdmissionReview" || Text(review, "apiVersion") != AdmissionResponse.ApiVersion)
            throw Invalid($"The request is not an AdmissionReview of {AdmissionResponse.ApiVersion}.");
        if (review.Find("request")?.Value is not MappingNode request || Text(request, "uid") is not { Length: > 0 } uid)
            throw Invalid("The AdmissionReview has no request with a uid.");
        return new AdmissionReview(text, request, uid);
    }

    /// <summary>Reads the pod.</summary>
    /// <exception cref="ManifestException">The object of the request is not a pod.</exception>
    public ManifestPodTemplate ReadPod() =>
        request.Find("object")?.Value is MappingNode pod && Text(pod, "kind") == "Pod"
        && PodTemplateFinder.Find(text, pod, new ManifestVariables()).ToList() is [var template]
            ? template
            : throw Invalid("The object of the request is not a pod.");

    // Counts before nodes are created, because many small values need much more memory than their text.
    private static void CheckSize(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonReader.MaximumDepth });
        try
        {
            for (var values = 0; reader.Read(); values++)
            {
                if (values == MaximumValues)
                    throw Invalid($"The request has more than {MaximumValues:N0} JSON values.");
            }
        }
        catch (JsonException exception)
        {
            throw Invalid($"The request is not JSON: {exception.Message.Split(" LineNumber:")[0]}");
        }
    }

    private static ManifestException Invalid(string problem) => new(new Annotations.SourceLocation(null, 1, 1), problem);

    private bool IsOf(string field, string name, string expected) =>
        request.Find(field)?.Value is MappingNode type && string.IsNullOrEmpty(Text(type, "group")) && Text(type, name) == expected;

    private static string? Text(MappingNode mapping, string key) =>
        mapping.Find(key)?.Value is ScalarNode { Style: ScalarStyle.DoubleQuoted } scalar ? scalar.Value : null;
}
