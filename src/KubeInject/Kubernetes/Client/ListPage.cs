using System.Text.Json;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>A page of a list. The items are unparsed bytes.</summary>
internal sealed record ListPage(IReadOnlyList<ReadOnlyMemory<byte>> Items, string? Continue, string? ResourceVersion, long? Remaining)
{
    /// <summary>Path and query of the request.</summary>
    public string Path { get; init; } = "";

    /// <summary>Reads a page without parsing its items.</summary>
    /// <param name="json">The response body.</param>
    /// <param name="resource">The resource that was listed.</param>
    /// <exception cref="JsonException">The text is not JSON or not a list of this resource.</exception>
    public static ListPage Read(ReadOnlyMemory<byte> json, KubeResource resource)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = ObjectDocument.MaxDepth });
        var items = new List<ReadOnlyMemory<byte>>();
        var header = new ListHeader(DocumentType.ListOf(resource));
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new WrongDocumentException("JSON that is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            ReadField(ref reader, json, header, items);

        // Throws if anything follows the list.
        reader.Read();
        header.Complete();
        return new ListPage(items, header.Continue, header.ResourceVersion, header.Remaining);
    }

    private static void ReadField(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, ListHeader header, List<ReadOnlyMemory<byte>> items)
    {
        var name = ListHeader.FieldOf(in reader);
        reader.Read();
        if (name == ListHeader.Items && header.StartItems(reader.TokenType))
            ReadItems(ref reader, json, items);
        else if (name is null or ListHeader.Items)
            reader.Skip();
        else
            header.ReadField(name, JsonElement.ParseValue(ref reader));
    }

    private static void ReadItems(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, List<ReadOnlyMemory<byte>> items)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new WrongDocumentException("a list with an item that is not an object");
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(json[start..(int)reader.BytesConsumed]);
        }
    }
}
