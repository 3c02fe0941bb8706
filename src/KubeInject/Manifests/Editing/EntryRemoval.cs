using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>Finds the text of removed entries of a mapping: their lines, but no comments or blank lines between them.</summary>
internal static class EntryRemoval
{
    public static IEnumerable<TextEdit> GetEdits(string content, RemoveEntries remove) => remove.Mapping.IsFlow
        ? FlowEdits(content, remove)
        : remove.Entries.SelectMany(entry => BlockEdits(content, entry));

    private static IEnumerable<TextEdit> BlockEdits(string content, MappingEntry entry) => entry.Value is MappingNode { IsFlow: false } mapping
        ? mapping.Entries.SelectMany(inner => BlockEdits(content, inner)).Prepend(Lines(content, entry.Key.Start, TextEditor.ColonOf(content, entry) + 1))
        : [Lines(content, entry.Key.Start, TextEditor.EndOf(content, entry))];

    private static IEnumerable<TextEdit> FlowEdits(string content, RemoveEntries remove)
    {
        var entries = remove.Mapping.Entries;
        var kept = entries.FindLastIndex(entry => !remove.Entries.Contains(entry));
        foreach (var entry in remove.Entries)
        {
            var end = TextEditor.EndOf(content, entry);
            yield return Member(content, entry.Key.Start, CommaBehind(content, end) is { } own ? own + 1 : end, entries.IndexOf(entry) > kept);
        }

        // JSON has no comma after the last member.
        if (kept >= 0 && kept < entries.Count - 1 && CommaBehind(content, TextEditor.EndOf(content, entries[^1])) is null
            && CommaBehind(content, TextEditor.EndOf(content, entries[kept])) is { } comma)
        {
            yield return new TextEdit(comma, 1, "");
        }
    }

    private static TextEdit Lines(string content, int start, int end)
    {
        var lineStart = LineStart(content, start);
        if (!content.AsSpan(lineStart, start - lineStart).IsWhiteSpace())
            return new TextEdit(start, end - start, "");
        var lineFeed = content.IndexOf('\n', end);
        return new TextEdit(lineStart, (lineFeed < 0 ? content.Length : lineFeed + 1) - lineStart, "");
    }

    private static TextEdit Member(string content, int start, int end, bool isAtEnd)
    {
        var lineStart = LineStart(content, start);
        var isFirst = content.AsSpan(lineStart, start - lineStart).IsWhiteSpace();
        var next = end;
        while (next < content.Length && content[next] is ' ' or '\t' or '\r')
            next++;
        if (isFirst && next < content.Length && content[next] is '\n' or '#')
            return Lines(content, start, next);
        if (!isAtEnd)
            return new TextEdit(start, next - start, "");
        while (content[start - 1] is ' ' or '\t')
            start--;
        return new TextEdit(start, end - start, "");
    }

    // A comma can follow whitespace and, in YAML, comments.
    private static int? CommaBehind(string content, int at)
    {
        while (at < content.Length && (char.IsWhiteSpace(content[at]) || content[at] == '#'))
            at = content[at] == '#' && content.IndexOf('\n', at) is var lineFeed and >= 0 ? lineFeed : at + 1;
        return at < content.Length && content[at] == ',' ? at : null;
    }

    private static int LineStart(string content, int at) => at == 0 ? 0 : content.LastIndexOf('\n', at - 1) + 1;
}
