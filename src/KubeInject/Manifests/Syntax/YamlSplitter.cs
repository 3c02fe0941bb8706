namespace KubeInject.Manifests.Syntax;

/// <summary>
/// Splits YAML text before the lines that start with <c>---</c>, as kubectl does, so that invalid text in a document does
/// not affect other documents. YAML allows such a line only as the start of a document, also in block and quoted scalars.
/// </summary>
internal static class YamlSplitter
{
    private const string Marker = "\n---";

    /// <summary>Returns the ranges of the parts. A part can have several documents, for example after <c>...</c>.</summary>
    /// <param name="content">The text.</param>
    /// <param name="start">The offset of the first part.</param>
    public static IEnumerable<(int Start, int End)> Split(string content, int start)
    {
        var at = start;
        while ((at = content.IndexOf(Marker, at, StringComparison.Ordinal)) >= 0)
        {
            var line = at + 1;
            at += Marker.Length;
            if ((at < content.Length && content[at] is not (' ' or '\t' or '\r' or '\n')) || FollowsDirective(content.AsSpan(start, line - start)))
                continue;
            yield return (start, line);
            start = line;
        }

        yield return (start, content.Length);
    }

    // Directives such as "%YAML 1.2" belong to the document after them. They are at the start of the text or after "...".
    private static bool FollowsDirective(ReadOnlySpan<char> before)
    {
        var found = false;
        while (!before.IsEmpty)
        {
            before = before[..^1];
            var line = before[(before.LastIndexOf('\n') + 1)..];
            if (line.StartsWith("%"))
                found = true;
            else if (!line.StartsWith("#") && !line.IsWhiteSpace())
                return found && line.StartsWith("...");
            before = before[..^line.Length];
        }

        return found;
    }
}
