using System.Text;
using System.Text.Json;

namespace KubeInject.Manifests.Syntax;

/// <summary>
/// Parses JSON text with one object or, as kubectl accepts it, a sequence of objects. The nodes are the same as for YAML:
/// collections are in flow style, strings are double-quoted, and other scalars are plain.
/// </summary>
internal static class JsonReader
{
    /// <summary>The maximum depth of a document.</summary>
    public const int MaximumDepth = NodeBuilder.MaximumDepth;

    /// <summary>Returns whether a text is JSON, by the rule of kubectl: it starts with an object whose first key is quoted.</summary>
    public static bool IsJson(string content)
    {
        var rest = content.AsSpan().TrimStart("\uFEFF \t\r\n");
        return rest.StartsWith("{") && rest[1..].TrimStart() is var inside && (inside.StartsWith("\"") || inside.StartsWith("}"));
    }

    public static List<SyntaxDocument> Read(ManifestText text)
    {
        var documents = new List<SyntaxDocument>();
        var utf8 = ManifestText.Encode(text.Content);
        var offsets = new OffsetMap(utf8);
        var readTo = utf8.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        while (documents.Count == 0 || !IsBlank(utf8.AsSpan(readTo)))
        {
            var reader = new Utf8JsonReader(utf8.AsSpan(readTo), new JsonReaderOptions { MaxDepth = MaximumDepth });
            try
            {
                var builder = new NodeBuilder(text);
                do
                {
                    reader.Read();
                    ReadToken(ref reader, builder, offsets, readTo);
                }
                while (reader.CurrentDepth > 0 || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray);

                readTo += (int)reader.BytesConsumed;
                documents.Add(new SyntaxDocument(builder.Root, documents.Count == 0 ? 0 : documents[^1].End, offsets.CharacterOf(readTo), builder.Duplicate));
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                var at = offsets.CharacterOf(readTo + (int)Math.Max(reader.TokenStartIndex, reader.BytesConsumed));
                var problem = exception.Message.Split(" LineNumber:")[0];
                throw new ManifestException(text.LocationAt(at), $"This is not JSON: {problem}", exception);
            }
        }

        // Whitespace after the last value belongs to its document.
        documents[^1] = documents[^1] with { End = text.Content.Length };
        return documents;
    }

    private static void ReadToken(ref Utf8JsonReader reader, NodeBuilder builder, OffsetMap offsets, int readTo)
    {
        var start = offsets.CharacterOf(readTo + (int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                builder.Open(new MappingNode(start, isFlow: true));
                break;
            case JsonTokenType.StartArray:
                builder.Open(new SequenceNode(start, isFlow: true));
                break;
            case JsonTokenType.EndObject:
                builder.CheckKeys((MappingNode)builder.Current);
                builder.Close(start + 1);
                break;
            case JsonTokenType.EndArray:
                builder.Close(start + 1);
                break;
            case JsonTokenType.PropertyName or JsonTokenType.String:
                var end = reader.TokenStartIndex + reader.ValueSpan.Length + 2;
                builder.Add(new ScalarNode(start, reader.GetString()!, ScalarStyle.DoubleQuoted) { End = offsets.CharacterOf(readTo + (int)end) });
                break;
            default:
                var value = Encoding.UTF8.GetString(reader.ValueSpan);
                builder.Add(new ScalarNode(start, value, ScalarStyle.Plain) { End = start + value.Length });
                break;
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> utf8) => utf8.Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>Converts byte offsets to character offsets. Fast for ascending offsets.</summary>
    private sealed class OffsetMap(byte[] utf8)
    {
        private int bytes;
        private int characters;

        public int CharacterOf(int offset)
        {
            // A smaller offset restarts the count.
            if (offset < bytes)
                (bytes, characters) = (0, 0);
            characters += Encoding.UTF8.GetCharCount(utf8, bytes, offset - bytes);
            bytes = offset;
            return characters;
        }
    }
}
