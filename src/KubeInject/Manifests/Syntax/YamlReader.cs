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
        foreach (var part in YamlSplitter.Split(text.Content, first))
        {
            foreach (var document in new YamlPartReader(text, part.Start, part.End).Read())
            {
                // Comments before the first document belong to it.
                yield return document with { Start = end };
                end = document.End;
            }
        }
    }
}
