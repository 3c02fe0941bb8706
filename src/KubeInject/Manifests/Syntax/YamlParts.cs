namespace KubeInject.Manifests.Syntax;

/// <summary>Divides a long text at the starts of documents, so that its parts can be read at the same time.</summary>
/// <remarks>
/// Three dashes at the start of a line begin a document, whatever stands before them: no scalar can hold them there.
/// (https://yaml.org/spec/1.2.2/#914-explicit-documents)
/// </remarks>
internal static class YamlParts
{
    // What is shorter is read sooner than it is divided.
    private const int LeastLength = 64 * 1024;

    /// <summary>As many parts as there are processors, as far as the text is long enough.</summary>
    public static List<Range> Of(string content) => Of(content, Math.Min(Environment.ProcessorCount, content.Length / LeastLength));

    /// <summary>The parts, in order. They divide the text without gaps, and all but the first begin with a document.</summary>
    /// <param name="content">The text.</param>
    /// <param name="count">How many there are at most.</param>
    public static List<Range> Of(string content, int count)
    {
        var parts = new List<Range>();
        var start = 0;
        count = count > 1 && HasDirectives(content) ? 1 : count;
        for (var i = 1; i < count; i++)
        {
            var next = NextDocument(content, Math.Max(start, (int)((long)content.Length * i / count)));
            if (next < 0)
                break;
            parts.Add(start..next);
            start = next;
        }

        parts.Add(start..content.Length);
        return parts;
    }

    // A directive belongs to the document behind it, and it may hold for more than that.
    private static bool HasDirectives(string content) => content.TrimStart('\uFEFF').StartsWith('%')
        || content.Contains("\n%", StringComparison.Ordinal) || content.Contains("\r%", StringComparison.Ordinal);

    private static int NextDocument(string content, int from)
    {
        const string Marker = "\n---";
        for (var at = content.IndexOf(Marker, from, StringComparison.Ordinal); at >= 0; at = content.IndexOf(Marker, at + 1, StringComparison.Ordinal))
        {
            var end = at + Marker.Length;
            if (end < content.Length && content[end] is ' ' or '\t' or '\r' or '\n')
                return at + 1;
        }

        return -1;
    }
}
