using System.Text;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>Parses and copies JSON documents of objects.</summary>
internal static class ObjectDocument
{
    // Custom resources can be nested deeper than the default limit of JSON readers.
    public const int MaxDepth = 256;

    /// <summary>Parses a document.</summary>
    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        document.Dispose();
        throw new WrongDocumentException("JSON that is not an object");
    }

    /// <summary>
    /// Copies a document. The server omits <c>apiVersion</c> and <c>kind</c> in lists. The copy contains them at the
    /// beginning, so that it is a manifest. The other bytes are unchanged.
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
