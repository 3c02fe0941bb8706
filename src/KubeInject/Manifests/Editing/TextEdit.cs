using System.Text;

namespace KubeInject.Manifests.Editing;

/// <summary>A replacement of a part of a text.</summary>
internal readonly record struct TextEdit(int Start, int Length, string Replacement)
{
    /// <summary>Returns a part of a text with edits. The order of the edits does not matter.</summary>
    /// <param name="content">The text.</param>
    /// <param name="place">The range of the part.</param>
    /// <param name="edits">The edits, with offsets in the text.</param>
    public static string Apply(string content, Range place, IEnumerable<TextEdit> edits)
    {
        var (start, length) = place.GetOffsetAndLength(content.Length);
        var end = start + length;
        var ordered = edits.OrderBy(edit => edit.Start).ThenBy(edit => edit.Length).ToArray();
        var result = new StringBuilder(length + ordered.Sum(edit => edit.Replacement.Length));
        var at = start;
        foreach (var edit in ordered)
        {
            // Two removed members can share the space between them.
            result.Append(content, at, Math.Max(0, edit.Start - at)).Append(edit.Replacement);
            at = Math.Max(at, edit.Start + edit.Length);
        }

        return result.Append(content, at, end - at).ToString();
    }
}
