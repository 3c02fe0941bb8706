using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>A line of a watch: a type (<c>ADDED</c>, <c>BOOKMARK</c>, …) and the unparsed bytes of an object.</summary>
internal sealed record WatchLine(string Type, ReadOnlyMemory<byte> Object)
{
    /// <summary>Reads a line without parsing its object.</summary>
    /// <exception cref="JsonException">The line is not such a JSON object.</exception>
    public static WatchLine Read(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = ObjectDocument.MaxDepth });
        string? type = null;
        ReadOnlyMemory<byte> @object = default;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new WrongDocumentException("JSON that is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (isType)
                type = JsonElement.ParseValue(ref reader).Text();
            else
                reader.Skip();
            if (isObject)
                @object = json[start..(int)reader.BytesConsumed];
        }

        // Throws if anything follows the object.
        reader.Read();
        return new WatchLine(
            type ?? throw new WrongDocumentException("an event without a type"),
            @object.IsEmpty ? throw new WrongDocumentException("an event without an object") : @object);
    }
}
