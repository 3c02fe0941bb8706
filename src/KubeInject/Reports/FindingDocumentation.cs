using System.Text.RegularExpressions;

namespace KubeInject.Reports;

/// <summary>What the page of findings says of each code.</summary>
/// <param name="page">The page: a section <c>### KI001</c> for each code, whose first sentence says what it means, behind the severity.</param>
public sealed partial class FindingDocumentation(string page)
{
    private readonly Dictionary<string, string> sections = Section().Matches(page)
        .ToDictionary(section => section.Groups["code"].Value, section => section.Groups["text"].Value.Trim(), StringComparer.Ordinal);

    /// <summary>The page that came with this version.</summary>
    /// <returns>What it says.</returns>
    public static FindingDocumentation Load()
    {
        using var stream = typeof(FindingDocumentation).Assembly.GetManifestResourceStream("findings.md")!;
        using var reader = new StreamReader(stream);
        return new FindingDocumentation(reader.ReadToEnd());
    }

    /// <summary>All that it says of a code, as Markdown; null where it says nothing.</summary>
    /// <param name="code">The code, <c>KI001</c>.</param>
    /// <returns>The section without its heading.</returns>
    public string? Text(string code) => sections.GetValueOrDefault(code);

    /// <summary>What a code means, in one sentence; null where it does not say.</summary>
    /// <param name="code">The code, <c>KI001</c>.</param>
    /// <returns>The sentence, with its full stop.</returns>
    public string? Meaning(string code) => Text(code) is { } text && FirstSentence().Match(text) is { Success: true } sentence ? sentence.Groups["text"].Value.ReplaceLineEndings(" ") : null;

    /// <summary>The codes that the page tells of, in its order.</summary>
    public IEnumerable<string> Codes => sections.Keys;

    [GeneratedRegex(@"^### (?<code>KI\d{3})[^\n]*\n(?<text>.*?)(?=^#{2,3} |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"\A\*\*[^*]+\*\*\s+(?<text>.+?[.:])(?=\s|\z)", RegexOptions.Singleline)]
    private static partial Regex FirstSentence();
}
