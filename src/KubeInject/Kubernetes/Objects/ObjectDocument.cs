using System.Text;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>The JSON document of an object, as the API sends it.</summary>
internal static class ObjectDocument
{
    // Custom resources nest deeper than what JSON readers allow by default.
    public const int MaxDepth = 256;

    /// <summary>Reads a document.</summary>
    /// <exception cref="JsonException">The text is no JSON object.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        document.Dispose();
        throw new WrongDocumentException("JSON that is not an object");
    }

    /// <summary>
    /// Copies a document. In lists the server leaves out <c>apiVersion</c> and <c>kind</c>: these two are put in
    /// front, so that the text is a manifest; the rest is the same to the byte.
    /// </summary>
    public static byte[] Copy(ReadOnlySpan<byte> json, JsonElement root, KubeResource resource)
    {
        var missing = (root.Get("apiVersion").ValueKind != JsonValueKind.Undefined ? "" : $"\"apiVersion\":\"{JsonEncodedText.Encode(resource.ApiVersion)}\",")
            + (root.Get("kind").ValueKind != JsonValueKind.Undefined ? "" : $"\"kind\":\"{JsonEncodedText.Encode(resource.Kind)}\",");
        if (missing.Length == 0)
            return json.ToArray();
        if (!root.EnumerateObject().Any())
            missing = missing.TrimEnd(',');
        var afterBrace = json.IndexOf((byte)'{') + 1;
        return [.. json[..afterBrace], .. Encoding.UTF8.GetBytes(missing), .. json[afterBrace..]];
    }
}
