namespace KubeInject.Manifests.Syntax;

/// <summary>Parses YAML text into nodes with positions.</summary>
internal static class YamlReader
{
    /// <summary>
    /// Reads the documents of a text one by one, so that the caller can release each document before the next is read. A
    /// document that cannot be read does not affect the others.
    /// </summary>
    public static IEnumerable<SyntaxDocument> Read(ManifestText text)
    {
        // The parser does not support a byte order mark, but offsets include it.
        var first = text.Content.StartsWith('\uFEFF') ? 1 : 0;
        var end = 0;
        var parser = new MultiPartParser(text.Content, first);
        foreach (var part in YamlSplitter.Split(text.Content, first))
        {
            foreach (var document in Read(text, part.Start, part.End, parser))
            {
                // Comments before the first document belong to it.
                yield return document with { Start = end };
                end = document.End;
            }
        }
    }

    private static IReadOnlyList<SyntaxDocument> Read(ManifestText text, int start, int end, MultiPartParser parser)
    {
        var documents = new YamlPartReader(text, start, end).TryRead(parser);

        // Directives are only for the document after them, but the parser keeps them.
        if (documents is null || HasDirective(text.Content.AsSpan(start, end - start)))
            parser.Restart(end);
        return documents ?? new YamlPartReader(text, start, end).Read();
    }

    private static bool HasDirective(ReadOnlySpan<char> part) => part.StartsWith("%") || part.Contains("\n%", StringComparison.Ordinal);
}
