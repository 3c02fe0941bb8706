using System.Text.Json;

namespace KubeInject.Kubernetes;

/// <summary>One page of a list, its items still the bytes that the server sent.</summary>
internal sealed record ListPage(IReadOnlyList<ReadOnlyMemory<byte>> Items, string? Continue, string? ResourceVersion, long? Remaining)
{
    /// <summary>Finds the items of a page without reading what is in them.</summary>
    /// <exception cref="JsonException">The text is no JSON object.</exception>
    public static ListPage Read(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = ObjectDocument.MaxDepth });
        var items = new List<ReadOnlyMemory<byte>>();
        JsonElement metadata = default;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("A list has to be an object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isItems = reader.ValueTextEquals("items"u8);
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (isItems && reader.TokenType == JsonTokenType.StartArray)
                ReadItems(ref reader, json, items);
            else if (isMetadata)
                metadata = JsonElement.ParseValue(ref reader);
            else
                reader.Skip();
        }

        // Whatever follows the list is no JSON, and makes the reader say so.
        reader.Read();
        return new ListPage(items, NotEmpty(metadata.Text("continue")), NotEmpty(metadata.Text("resourceVersion")), Number(metadata.Get("remainingItemCount")));
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    // Absent of the last page, and wherever the server does not know.
    private static long? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static void ReadItems(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, List<ReadOnlyMemory<byte>> items)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(json[start..(int)reader.BytesConsumed]);
        }
    }
}
