using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Injection.Annotating;

/// <summary>Writes the differences between two texts of a document as a unified diff without context lines.</summary>
/// <remarks>Context lines are omitted, because they can contain any secret. Possible passwords in changed lines are masked.</remarks>
internal static class AnnotationDiff
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, MaxDepth = JsonReader.MaximumDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns the differences with their lines in the old text.</summary>
    /// <param name="before">The original document.</param>
    /// <param name="after">The changed document.</param>
    /// <param name="line">The first line of the original document in its manifest, starting at 1. Use 1 for an object of a cluster.</param>
    /// <param name="newLine">The first line of the changed document, starting at 1.</param>
    public static IEnumerable<(int Line, string Text)> Hunks(string before, string after, int line, int newLine)
    {
        // JSON in one line is indented, because otherwise the diff would show the whole document.
        var isOneLine = JsonReader.IsJson(before) && !before.AsSpan().Trim().Contains('\n');
        var (old, @new) = isOneLine ? (Indented(before), Indented(after)) : (before, after);
        var shown = MaskedLines.Of(old, @new);
        foreach (var change in LineDiff.Between(Lines(old), Lines(@new)))
        {
            var text = new StringBuilder($"@@ -{Range(change.Start + line, change.Removed.Count)} +{Range(change.NewStart + newLine, change.Added.Count)} @@");
            for (var i = 0; i < change.Removed.Count; i++)
                text.Append("\n-").Append(DisplayText.Escape(shown.Before[change.Start + i]));
            for (var i = 0; i < change.Added.Count; i++)
                text.Append("\n+").Append(DisplayText.Escape(shown.After[change.NewStart + i]));
            yield return (isOneLine ? line : change.Start + line, text.ToString());
        }
    }

    /// <summary>Returns a diff with a header.</summary>
    public static string Of(string name, IEnumerable<string> hunks)
    {
        var body = string.Join('\n', hunks);
        return body.Length == 0 ? "" : $"--- {DisplayText.Escape(name)}\n+++ {DisplayText.Escape(name)}\n{body}";
    }

    // An empty range has the number of the previous line. (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/diff.html)
    private static string Range(int start, int count) => count switch
    {
        0 => $"{start - 1},0",
        1 => $"{start}",
        _ => $"{start},{count}",
    };

    private static string[] Lines(string text) => (text.EndsWith('\n') ? text[..^1] : text).Split('\n').Select(line => line.TrimEnd('\r')).ToArray();

    private static string Indented(string json) =>
        JsonNode.Parse(json.TrimStart('\uFEFF'), documentOptions: new JsonDocumentOptions { MaxDepth = JsonReader.MaximumDepth })!.ToJsonString(Readable);
}
