using System.Text.Json;

namespace KubeInject.Kubernetes;

/// <summary>Reads a list in JSON, of whole objects as well: of each the metadata.</summary>
/// <param name="kind">The kind of the objects.</param>
/// <param name="server">The API server that they come from; null for none.</param>
internal sealed class JsonMetadataReader(string kind, Uri? server = null) : IMetadataReader
{
    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = ObjectDocument.MaxDepth });
    private bool isInItems;

    public string? Continue { get; private set; }

    public int Read(ReadOnlySpan<byte> bytes, bool isEnd, ICollection<ObjectMetadata> objects)
    {
        var reader = new Utf8JsonReader(bytes, isEnd, state);
        while (true)
        {
            // What is not whole is read again when more has come.
            var before = reader;
            if (!reader.Read() || !TryTake(ref reader, bytes, objects))
            {
                state = before.CurrentState;
                return (int)before.BytesConsumed;
            }
        }
    }

    private bool TryTake(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, ICollection<ObjectMetadata> objects)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when reader.CurrentDepth == 0:
                return true;
            case JsonTokenType.StartObject when isInItems:
                if (!JsonDocument.TryParseValue(ref reader, out var item))
                    return false;
                using (item)
                    objects.Add(ReadItem(item));
                return true;
            case JsonTokenType.EndArray:
                isInItems = false;
                return true;
            case JsonTokenType.PropertyName when reader.ValueTextEquals("items"u8):
                if (!reader.Read())
                    return false;
                isInItems = reader.TokenType == JsonTokenType.StartArray;
                return isInItems || reader.TrySkip();
            case JsonTokenType.PropertyName when reader.ValueTextEquals("metadata"u8):
                return TryReadListMetadata(ref reader, bytes);
            case JsonTokenType.EndObject:
                return true;
            default:
                return reader.CurrentDepth > 0 ? reader.TrySkip() : throw new JsonException("A list has to be an object.");
        }
    }

    private bool TryReadListMetadata(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes)
    {
        if (!reader.Read())
            return false;
        var start = (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
            return false;
        using var document = JsonDocument.Parse(bytes[start..(int)reader.BytesConsumed].ToArray());
        Continue = document.RootElement.Text("continue") is { Length: > 0 } next ? next : null;
        return true;
    }

    private ObjectMetadata ReadItem(JsonDocument item)
    {
        var metadata = item.RootElement.Get("metadata");
        return new ObjectMetadata
        {
            Kind = kind,
            Name = metadata.Text("name") ?? "",
            Namespace = metadata.Text("namespace"),
            Uid = metadata.Text("uid"),
            CreationTimestamp = metadata.Time("creationTimestamp"),
            Labels = metadata.Get("labels").Texts(),
            Annotations = metadata.Get("annotations").Texts(),
            Server = server,
        };
    }
}
