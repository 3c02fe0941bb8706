using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>Lines that are added to a collection in block style, after a part that ends on the previous line.</summary>
/// <remarks>
/// At the start of a line, the state of a YAML parser consists only of the columns of the open collections. Complete lines
/// that start in the column of their collection do not change this state, so the rest of the document keeps its meaning.
/// </remarks>
/// <param name="Change">The change.</param>
/// <param name="Edit">The edit that inserts the lines.</param>
/// <param name="Column">The column of the collection, from 0.</param>
internal sealed record Addition(ManifestChange Change, TextEdit Edit, int Column)
{
    /// <summary>Returns whether YAML divides a text into the same lines. YAML has further line break characters.</summary>
    public static bool CanTellLines(ReadOnlySpan<char> text) => !text.ContainsAny('\u0085', '\u2028', '\u2029') && text.Count('\r') == text.Count("\r\n");

    /// <summary>Returns the addition of a change. Null if the change does not only add lines.</summary>
    public static Addition? Of(string content, ManifestChange change, TextEdit[] edits)
    {
        var before = change switch
        {
            AddEntry { Mapping: { IsFlow: false, Entries.Count: > 0 } mapping, Before: null } add
                when !mapping.Entries.Exists(entry => entry.Key.Value == add.Key) => (add.After ?? mapping.Entries[^1]).Value,
            AddItems { Sequence: { IsFlow: false, Items: [.., var item] } sequence } add when add.Before == sequence.Items.Count => item,
            _ => null,
        };
        return before?.Parent == change.Target && edits is [{ Length: 0 } edit] && edit.Start == LineBehind(content, LastOf(before)) && AreLines(content, edit)
            ? new Addition(change, edit, BlockStyle.ColumnOf(content, change.Target.Start))
            : null;
    }

    /// <summary>Returns whether another addition conflicts: it has the same position, but another collection, or it adds the same key.</summary>
    public bool IsInTheWayOf(Addition other) => Change.Target == other.Change.Target
        ? Change is AddEntry one && other.Change is AddEntry another && one.Key == another.Key
        : Edit.Start == other.Edit.Start;

    private static ManifestNode LastOf(ManifestNode node) => node switch
    {
        MappingNode { IsFlow: false, Entries: [.., var entry] } => LastOf(entry.Value),
        SequenceNode { IsFlow: false, Items: [.., var item] } => LastOf(item),
        _ => node,
    };

    private static bool AreLines(string content, TextEdit edit) =>
        content[edit.Start - 1] == '\n' ? edit.Replacement.EndsWith('\n') : edit.Replacement.StartsWith('\n') || edit.Replacement.StartsWith("\r\n", StringComparison.Ordinal);

    // The end of a multi-line node can be on the next line, an empty node has no position, and a comment can follow a node on
    // the same line. Only single-line nodes without further content on the line are safe.
    private static int? LineBehind(string content, ManifestNode last)
    {
        var lineEnd = content.IndexOf('\n', last.End) is var found && found < 0 ? content.Length : found;
        var isOneLine = last.Start < last.End && !content.AsSpan(last.Start, last.End - last.Start).Contains('\n');
        var rest = content.AsSpan(last.End, lineEnd - last.End);
        return isOneLine && (rest.IsWhiteSpace() || (char.IsWhiteSpace(rest[0]) && IsComment(rest.TrimStart()))) && !IsColonNext(content.AsSpan(lineEnd))
            ? Math.Min(lineEnd + 1, content.Length)
            : null;
    }

    // A colon at the start of a line makes the previous node a key.
    private static bool IsColonNext(ReadOnlySpan<char> text)
    {
        var next = text.TrimStart();
        while (IsComment(next) && next.IndexOf('\n') is var lineEnd and >= 0)
            next = next[lineEnd..].TrimStart();
        return next.StartsWith(":");
    }

    private static bool IsComment(ReadOnlySpan<char> text) => text.StartsWith("#");
}
