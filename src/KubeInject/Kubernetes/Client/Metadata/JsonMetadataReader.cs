using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client.Metadata;

/// <summary>Reads the metadata from a JSON list of metadata or of complete objects.</summary>
/// <param name="resource">The resource that was listed.</param>
/// <param name="isFullObjects">Whether complete objects were requested, so that a list of metadata is not accepted.</param>
/// <param name="server">The API server that sends the objects; null for none.</param>
internal sealed class JsonMetadataReader(KubeResource resource, bool isFullObjects = false, Uri? server = null) : IMetadataReader
{
    private readonly DocumentType itemType = DocumentType.Of(resource);
    private readonly ListHeader header = isFullObjects ? new(DocumentType.ListOf(resource)) : new(DocumentType.MetadataList, DocumentType.ListOf(resource));
    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = ObjectDocument.MaxDepth });
    private bool isInItems;

    public string? Continue => header.Continue;

    public bool IsUndecided => header.IsUndecided;

    public int Read(ReadOnlySpan<byte> bytes, bool isEnd, ICollection<ObjectMetadata> objects)
    {
        var reader = new Utf8JsonReader(bytes, isEnd, state);
        while (true)
        {
            // Incomplete tokens are read again when more data have arrived.
            var before = reader;
            if (reader.Read() && TryReadToken(ref reader, bytes, objects))
                continue;
            state = before.CurrentState;
            if (isEnd)
                header.Complete();
            return (int)before.BytesConsumed;
        }
    }

    private bool TryReadToken(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, ICollection<ObjectMetadata> objects)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                return TryReadField(ref reader, bytes);
            case JsonTokenType.StartObject when isInItems:
                if (!JsonDocument.TryParseValue(ref reader, out var item))
                    return false;
                using (item)
                    objects.Add(ReadItem(item.RootElement));
                return true;
            case JsonTokenType.EndArray when isInItems:
                isInItems = false;
                return true;
            case JsonTokenType.StartObject or JsonTokenType.EndObject:
                return true;
            default:
                throw new WrongDocumentException(isInItems ? "a list with an item that is not an object" : "JSON that is not an object");
        }
    }

    private bool TryReadField(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes)
    {
        var name = ListHeader.FieldOf(in reader);
        if (!reader.Read())
            return false;
        if (name == ListHeader.Items)
        {
            isInItems = header.StartItems(reader.TokenType);
            return true;
        }

        var start = (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
            return false;
        if (name is null)
            return true;
        using var document = JsonDocument.Parse(bytes[start..(int)reader.BytesConsumed].ToArray());
        header.ReadField(name, document.RootElement);
        return true;
    }

    private ObjectMetadata ReadItem(JsonElement item)
    {
        DocumentType.RequireObject(item, itemType, DocumentType.Metadata);
        var metadata = item.Get("metadata");
        return new ObjectMetadata
        {
            Kind = resource.Kind,
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
