using System.Text.RegularExpressions;

namespace KubeInject.Manifests;

/// <summary>Reads comments that silence findings of their document: <c># kubeinject: ignore KI013 The label is added by Kustomize.</c></summary>
internal static partial class IgnoreComments
{
    private const string Marker = "kubeinject:";

    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    /// <summary>Returns the codes of the findings that comments in a document silence.</summary>
    /// <param name="text">The text of the document.</param>
    public static IReadOnlySet<string> CodesIn(string text) => !text.Contains(Marker, StringComparison.Ordinal)
        ? None
        : Comment().Matches(text).SelectMany(comment => comment.Groups["code"].Captures).Select(code => code.Value).ToHashSet(StringComparer.Ordinal);

    // Several codes are separated by spaces or commas. The reason follows.
    [GeneratedRegex(@"(?<=^|\s)#[ \t]*kubeinject:[ \t]*ignore(?:[ \t,]+(?<code>KI[0-9]{3})\b)+", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();
}
