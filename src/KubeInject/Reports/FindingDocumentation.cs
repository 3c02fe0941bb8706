using System.Text.RegularExpressions;

namespace KubeInject.Reports;

/// <summary>The documentation of finding codes, from the page <c>findings.md</c>.</summary>
/// <param name="page">The Markdown page. It has a section <c>### KI001</c> for each code, which starts with the severity and a sentence with the meaning.</param>
internal sealed partial class FindingDocumentation(string page)
{
    private readonly Dictionary<string, string> sections = Section().Matches(page)
        .ToDictionary(section => section.Groups["code"].Value, section => section.Groups["text"].Value.Trim(), StringComparer.Ordinal);

    /// <summary>Loads the page of this version.</summary>
    /// <returns>The documentation.</returns>
    public static FindingDocumentation Load() => new(EmbeddedText.Read("findings.md"));

    /// <summary>The documentation of a code, as Markdown; null if the code is not documented.</summary>
    /// <param name="code">The code, <c>KI001</c>.</param>
    /// <returns>The section without its heading.</returns>
    public string? Text(string code) => sections.GetValueOrDefault(code);

    /// <summary>The meaning of a code in one sentence; null if the code is not documented.</summary>
    /// <param name="code">The code, <c>KI001</c>.</param>
    /// <returns>The sentence, including its final period.</returns>
    public string? Meaning(string code) => Text(code) is { } text && FirstSentence().Match(text) is { Success: true } sentence ? sentence.Groups["text"].Value.ReplaceLineEndings(" ") : null;

    /// <summary>The documented codes, in the order of the page.</summary>
    public IEnumerable<string> Codes => sections.Keys;

    [GeneratedRegex(@"^### (?<code>KI\d{3})[^\n]*\n(?<text>.*?)(?=^#{2,3} |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"\A\*\*[^*]+\*\*\s+(?<text>.+?[.:])(?=\s|\z)", RegexOptions.Singleline)]
    private static partial Regex FirstSentence();
}
