using System.Text.Json.Nodes;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>Creates the text edits for a change of content.</summary>
internal static class TextEditor
{
    public static IEnumerable<TextEdit> GetEdits(string content, ManifestChange change) => change switch
    {
        AddEntry { Mapping.IsFlow: true } add => [AddFlowEntry(content, add)],
        AddEntry add => [AddBlockEntry(content, add)],
        AddItems { Sequence.IsFlow: true } add => [AddFlowItems(content, add)],
        AddItems add => [AddBlockItems(content, add)],
        SetEntry { Value: JsonValue } set => [SetScalar(content, set)],
        SetEntry { Target: MappingNode { IsFlow: true } } set => [SetFlowEntry(content, set)],
        SetEntry { Value: JsonObject } set when set.Key != set.Entry.Key.Value => [SetBlockMapping(content, set)],
        SetEntry set => SetBlockCollection(content, set),
        RenameEntry rename => [new TextEdit(rename.Entry.Key.Start, rename.Entry.Key.End - rename.Entry.Key.Start, Key(rename))],
        RemoveEntries remove => EntryRemoval.GetEdits(content, remove),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    private static TextEdit AddBlockEntry(string content, AddEntry add)
    {
        var lines = BlockWriter.Entry(add.Key, add.Value, BlockStyle.Of(content, add.Mapping));
        if (add.Before?.Key.Start is { } start && content.LastIndexOf('\n', start) + 1 is var lineStart && content.AsSpan(lineStart, start - lineStart).IsWhiteSpace())
            return new TextEdit(lineStart, 0, string.Concat(lines.Select(line => line + LineBreak(content, content.IndexOf('\n', start)))));
        var after = add.After ?? add.Mapping.Entries[^1];
        return InsertLines(content, EndOf(content, after), lines);
    }

    private static TextEdit AddBlockItems(string content, AddItems add)
    {
        var lines = BlockWriter.Items(add.Items, BlockStyle.Of(content, add.Sequence));
        if (add.Before == add.Sequence.Items.Count)
            return InsertLines(content, add.Sequence.End, lines);
        var dash = BlockStyle.DashBefore(content, add.Sequence.Items[add.Before].Start);
        var lineStart = content.LastIndexOf('\n', dash) + 1;
        var lineBreak = LineBreak(content, content.IndexOf('\n', dash));
        if (content.AsSpan(lineStart, dash - lineStart).IsWhiteSpace())
            return new TextEdit(lineStart, 0, string.Concat(lines.Select(line => line + lineBreak)));

        // The dash of the first item can follow the dash of an outer list on the same line.
        return new TextEdit(dash, 0, string.Concat(lines.Select(line => line.TrimStart(' ') + lineBreak + content[lineStart..dash])));
    }

    private static IEnumerable<TextEdit> SetBlockCollection(string content, SetEntry set)
    {
        // "env:" is kept, "[]" or "~" after it is removed, and the new content follows on separate lines.
        var colon = ColonOf(content, set.Entry);
        var end = EndOf(content, set.Entry);
        if (end > colon + 1)
            yield return new TextEdit(colon + 1, end - colon - 1, "");
        yield return InsertLines(content, end, BlockWriter.Entry(set.Key, set.Value, BlockStyle.Of(content, (MappingNode)set.Target))[1..]);
    }

    private static TextEdit SetScalar(string content, SetEntry set)
    {
        var isFlow = ((MappingNode)set.Target).IsFlow;
        var entry = isFlow
            ? FlowWriter.Entry(set.Key, set.Value, FlowStyle.Of(content, set.Target))
            : $"{ScalarWriter.Write(set.Key)}: {BlockWriter.Scalar(set.Key, set.Value.GetValue<string>())}";
        var end = EndOf(content, set.Entry);
        return new TextEdit(set.Entry.Key.Start, end - set.Entry.Key.Start, entry);
    }

    private static TextEdit SetBlockMapping(string content, SetEntry set)
    {
        var lines = BlockWriter.Entry(set.Key, set.Value, BlockStyle.Of(content, (MappingNode)set.Target));
        var lineFeed = content.IndexOf('\n', set.Entry.Key.Start);
        var lineBreak = LineBreak(content, lineFeed < 0 ? content.IndexOf('\n', StringComparison.Ordinal) : lineFeed);
        var start = set.Entry.Key.Start;
        return new TextEdit(start, EndOf(content, set.Entry) - start, string.Join(lineBreak, lines).TrimStart(' '));
    }

    private static TextEdit SetFlowEntry(string content, SetEntry set)
    {
        var end = EndOf(content, set.Entry);
        return new TextEdit(set.Entry.Key.Start, end - set.Entry.Key.Start, FlowWriter.Entry(set.Key, set.Value, FlowStyle.Of(content, set.Target)));
    }

    private static TextEdit AddFlowEntry(string content, AddEntry add)
    {
        var style = FlowStyle.Of(content, add.Mapping);
        var after = add.After ?? add.Mapping.Entries.LastOrDefault();
        var entry = FlowWriter.Entry(add.Key, add.Value, style);
        if (add.Before is { } before)
            return new TextEdit(before.Key.Start, 0, entry + style.Separator);
        return after is null
            ? new TextEdit(add.Mapping.Start + 1, 0, entry)
            : new TextEdit(EndOf(content, after), 0, style.Separator + entry);
    }

    private static TextEdit AddFlowItems(string content, AddItems add)
    {
        var style = FlowStyle.Of(content, add.Sequence);
        var items = add.Items.Select(item => FlowWriter.Value(item!, style.ForItemsLike(content, add.Sequence.Items[^1])));
        return add.Before < add.Sequence.Items.Count
            ? new TextEdit(add.Sequence.Items[add.Before].Start, 0, string.Concat(items.Select(item => item + style.Separator)))
            : new TextEdit(add.Sequence.Items[^1].End, 0, string.Concat(items.Select(item => style.Separator + item)));
    }

    private static string Key(RenameEntry rename) => rename.Entry.Key.Style == ScalarStyle.Plain ? ScalarWriter.Write(rename.Key) : ScalarWriter.Quote(rename.Key);

    /// <summary>Returns the end of an entry, including an entry without a value.</summary>
    public static int EndOf(string content, MappingEntry entry) =>
        entry.Value is ScalarNode { Value: "", Style: ScalarStyle.Plain } empty && empty.End == empty.Start
            ? Math.Max(ColonOf(content, entry) + 1, entry.Key.End)
            : entry.Value.End;

    /// <summary>Returns the offset of the colon of an entry. An entry in flow style can have no colon ({a, b}). Its value is at the end of the key.</summary>
    public static int ColonOf(string content, MappingEntry entry)
    {
        var at = entry.Key.End;
        while (at < content.Length && char.IsWhiteSpace(content[at]))
            at++;
        return at < content.Length && content[at] == ':' ? at : entry.Key.End - 1;
    }

    private static TextEdit InsertLines(string content, int after, IReadOnlyList<string> lines)
    {
        var lineEnd = content.IndexOf('\n', after);
        if (lineEnd < 0)
        {
            // The last line has no line break, and the new last line gets none either.
            var anyBreak = content.IndexOf('\n', StringComparison.Ordinal);
            var newLine = LineBreak(content, anyBreak);
            return new TextEdit(content.Length, 0, string.Concat(lines.Select(line => newLine + line)));
        }

        var lineBreak = LineBreak(content, lineEnd);
        return new TextEdit(lineEnd + 1, 0, string.Concat(lines.Select(line => line + lineBreak)));
    }

    private static string LineBreak(string content, int lineFeed) => lineFeed > 0 && content[lineFeed - 1] == '\r' ? "\r\n" : "\n";
}
