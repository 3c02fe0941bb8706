using KubeInject.Annotations;

namespace KubeInject.Reports.Page;

/// <summary>What is the matter, code by code: with whom, what to do, and what the page of findings has to say.</summary>
internal static class FindingSection
{
    private const int ObjectsAtOnce = 5;
    private const int MostObjects = 1000;
    private const int MostRows = 500;

    private static readonly string[] Columns = ["Pods", "What is the matter", "What to do"];
    private static readonly FindingDocumentation Manual = FindingDocumentation.Load();

    /// <summary>Where a page has what it says of a code.</summary>
    public static string Anchor(string code, FindingSeverity severity) => $"{code}-{Word(severity)}".ToLowerInvariant();

    public static string Word(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "Error",
        FindingSeverity.Warning => "Warning",
        _ => "Note",
    };

    public static void Write(HtmlWriter html, PodInjectionReport report)
    {
        using var section = html.Open("section", ("aria-labelledby", "findings"));
        html.Write("h2", "Findings", ("id", "findings"));
        if (report.Findings.Count == 0)
            html.Write("p", "Nothing is the matter.", ("class", "aside"));
        foreach (var ofCode in report.Findings.GroupBy(finding => (finding.Code, finding.Severity)))
            Write(html, ofCode.Key.Code, ofCode.Key.Severity, [.. ofCode]);
    }

    private static void Write(HtmlWriter html, string code, FindingSeverity severity, IReadOnlyList<FindingGroup> findings)
    {
        var anchor = Anchor(code, severity);
        var word = Word(severity);
        using var article = html.Open("article", ("class", $"finding {word.ToLowerInvariant()}"), ("aria-labelledby", anchor));
        using (html.Open("h3", ("id", anchor)))
        {
            html.Write("span", word, ("class", $"chip {word.ToLowerInvariant()}"));
            html.Write($" {code} ");
            var count = findings.Sum(finding => finding.Objects.Count);
            html.Write("span", $"{HtmlWriter.Number(count)} {(count == 1 ? "time" : "times")}", ("class", "count"));
        }

        if (Manual.Text(code) is { } text)
            WriteManual(html, code, text);
        HtmlTable.Write(html, $"{anchor}-table", $"Where {code} was found", "findings", Columns, findings.Take(MostRows), (row, finding) =>
        {
            row.Heading(() => WriteNames(html, finding.Objects));
            row.Cell(() => html.Write(finding.Message));
            row.Cell(finding.Suggestion);
        });
        if (findings.Count > MostRows)
            html.Write("p", $"{HtmlWriter.Number(findings.Count - MostRows)} more are counted and not listed. Look at fewer pods at a time, with -Namespace or -LabelSelector.", ("class", "aside"));
    }

    /// <summary>Names, the first few at once, and as many more as a page can bear where somebody asks for them.</summary>
    public static void WriteNames(HtmlWriter html, IReadOnlyList<string> names)
    {
        if (names.Count == 1)
        {
            html.Write(names[0]);
            return;
        }

        // One more to open would take no less room than to show it.
        var atOnce = names.Count <= ObjectsAtOnce + 1 ? names.Count : ObjectsAtOnce;
        WriteList(names.Take(atOnce));
        if (names.Count == atOnce)
            return;
        using var details = html.Open("details");
        html.Write("summary", $"{HtmlWriter.Number(names.Count - atOnce)} more");
        WriteList(names.Skip(atOnce).Take(MostObjects));
        if (names.Count > atOnce + MostObjects)
            html.Write("p", $"And {HtmlWriter.Number(names.Count - atOnce - MostObjects)} that are not named here.");

        void WriteList(IEnumerable<string> some)
        {
            using var list = html.Open("ul", ("class", "names"));
            foreach (var name in some)
                html.Write("li", name);
        }
    }

    private static void WriteManual(HtmlWriter html, string code, string text)
    {
        using var manual = html.Open("div", ("class", "manual"));
        ManualText.Write(html, text, Finding.HelpUriOf(code));
    }
}
