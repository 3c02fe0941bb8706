using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>Lines that are added to a collection in block style, behind one of its parts that ends on the line before them.</summary>
/// <remarks>
/// There a reader has nothing in mind but the columns of the collections around, whatever else the document says. Lines
/// that begin in the column of theirs, and are whole by themselves, leave him so: all the rest means what it did.
/// </remarks>
/// <param name="Change">What is added.</param>
/// <param name="Edit">The lines.</param>
/// <param name="Column">The column of the collection, from 0.</param>
internal sealed record Addition(ManifestChange Change, TextEdit Edit, int Column)
{
    /// <summary>Whether all lines of a text are lines to YAML as well, for which there are more line breaks.</summary>
    public static bool CanTellLines(ReadOnlySpan<char> text) => !text.ContainsAny('\u0085', '\u2028', '\u2029') && text.Count('\r') == text.Count("\r\n");

    /// <summary>What a change adds in this way; null where it does something else.</summary>
    public static Addition? Of(string content, ManifestChange change, TextEdit[] edits)
    {
        var before = change switch
        {
            AddEntry { Mapping: { IsFlow: false, Entries.Count: > 0 } mapping, Before: null } add
                when !mapping.Entries.Exists(entry => entry.Key.Value == add.Key) => (add.After ?? mapping.Entries[^1]).Value,
            AddItems { Sequence: { IsFlow: false, Items: [.., var item] } } => item,
            _ => null,
        };
        return before?.Parent == change.Target && edits is [{ Length: 0 } edit] && edit.Start == LineBehind(content, LastOf(before)) && AreLines(content, edit)
            ? new Addition(change, edit, BlockStyle.ColumnOf(content, change.Target.Start))
            : null;
    }

    /// <summary>Whether another addition is at the same place, where only those to the same collection may meet, or adds the same key.</summary>
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

    // What takes several lines may end where the reader sees the next, what is empty stands nowhere, and behind what the
    // reader takes for complete there may still be something in its line.
    private static int? LineBehind(string content, ManifestNode last)
    {
        var lineEnd = content.IndexOf('\n', last.End) is var found && found < 0 ? content.Length : found;
        var isOneLine = last.Start < last.End && !content.AsSpan(last.Start, last.End - last.Start).Contains('\n');
        var rest = content.AsSpan(last.End, lineEnd - last.End);
        return isOneLine && (rest.IsWhiteSpace() || (char.IsWhiteSpace(rest[0]) && IsComment(rest.TrimStart()))) && !IsColonNext(content.AsSpan(lineEnd))
            ? Math.Min(lineEnd + 1, content.Length)
            : null;
    }

    // At the start of a line it would make a key of what stands before.
    private static bool IsColonNext(ReadOnlySpan<char> text)
    {
        var next = text.TrimStart();
        while (IsComment(next) && next.IndexOf('\n') is var lineEnd and >= 0)
            next = next[lineEnd..].TrimStart();
        return next.StartsWith(":");
    }

    private static bool IsComment(ReadOnlySpan<char> text) => text.StartsWith("#");
}
