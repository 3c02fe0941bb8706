using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Injection.Annotating;

/// <summary>Writes what differs between two texts of a document as a unified diff without lines around it.</summary>
/// <remarks>Lines around a change may hold anything; they are not shown. What may be a password in the lines that are is masked.</remarks>
internal static class AnnotationDiff
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, MaxDepth = JsonReader.MaximumDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The places that differ, by the line in the old text.</summary>
    /// <param name="before">The document as it was.</param>
    /// <param name="after">The document as it is to be.</param>
    /// <param name="line">The line, from 1, that it starts in; 1 where its lines mean nothing to a reader.</param>
    /// <param name="newLine">Likewise in the new text.</param>
    public static IEnumerable<(int Line, string Text)> Hunks(string before, string after, int line, int newLine)
    {
        // What a program wrote stands in one line, and no line of it can be shown alone.
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

    /// <summary>A diff of the places.</summary>
    public static string Of(string name, IEnumerable<string> hunks)
    {
        var body = string.Join('\n', hunks);
        return body.Length == 0 ? "" : $"--- {DisplayText.Escape(name)}\n+++ {DisplayText.Escape(name)}\n{body}";
    }

    // A line of nothing is named by the one before it. (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/diff.html)
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
