using KubeInject.Annotations;

namespace KubeInject.Reports.Page;

/// <summary>Writes the findings by code, with objects, remedies, and the documentation of the code.</summary>
internal static class FindingSection
{
    private const int InitialObjects = 5;
    private const int MaxHiddenObjects = 1000;
    private const int MaxRows = 500;

    private static readonly string[] Columns = ["Pods", "Problem", "Remedy"];
    private static readonly FindingDocumentation Documentation = FindingDocumentation.Load();

    /// <summary>The id of the element with the findings of a code and severity.</summary>
    public static string Anchor(string code, FindingSeverity severity) => $"{code}-{Word(severity)}".ToLowerInvariant();

    public static string Word(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "Error",
        FindingSeverity.Warning => "Warning",
        _ => "Note",
    };

    /// <summary>The meaning of a code in one sentence; empty if the code is not documented.</summary>
    public static string? Meaning(string code) => Documentation.Meaning(code);

    /// <summary>Writes a link to the findings of a code and severity.</summary>
    public static void WriteLink(HtmlWriter html, string code, FindingSeverity severity, string text) =>
        html.Write("a", text, ("href", $"#{Anchor(code, severity)}"), ("class", $"code {Word(severity).ToLowerInvariant()}"), ("title", Word(severity)));

    public static void Write(HtmlWriter html, PodInjectionReport report)
    {
        using var section = html.Open("section", ("aria-labelledby", "findings"));
        html.Write("h2", "Findings", ("id", "findings"));
        if (report.Findings.Count == 0)
            html.Write("p", "There are no findings.", ("class", "aside"));
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
            html.Write("span", word, ("class", $"badge {word.ToLowerInvariant()}"));
            html.Write($" {code} ");
            var count = findings.Sum(finding => finding.Objects.Count);
            html.Write("span", $"{HtmlWriter.Number(count)} {(count == 1 ? "time" : "times")}", ("class", "count"));
        }

        if (Documentation.Text(code) is { } text)
            WriteDocumentation(html, code, text);
        HtmlTable.Write(html, $"{anchor}-table", $"Where {code} was found", "findings", Columns, findings.Take(MaxRows), (row, finding) =>
        {
            row.Heading(() => WriteNames(html, finding.Objects));
            row.Cell(() => html.Write(finding.Message));
            row.Cell(finding.Suggestion);
        });
        if (findings.Count > MaxRows)
            html.Write("p", $"{HtmlWriter.Number(findings.Count - MaxRows)} more are counted but not listed. To list them, select fewer pods with -Namespace or -LabelSelector.", ("class", "aside"));
    }

    /// <summary>Writes names: the first names directly, and more names, up to a limit, in an element that the reader can open.</summary>
    public static void WriteNames(HtmlWriter html, IReadOnlyList<string> names)
    {
        if (names.Count == 1)
        {
            html.Write(names[0]);
            return;
        }

        // An element to open one name takes as much space as the name.
        var initialCount = names.Count <= InitialObjects + 1 ? names.Count : InitialObjects;
        WriteList(names.Take(initialCount));
        if (names.Count == initialCount)
            return;
        using var details = html.Open("details");
        html.Write("summary", $"{HtmlWriter.Number(names.Count - initialCount)} more");
        WriteList(names.Skip(initialCount).Take(MaxHiddenObjects));
        if (names.Count > initialCount + MaxHiddenObjects)
            html.Write("p", $"And {HtmlWriter.Number(names.Count - initialCount - MaxHiddenObjects)} more that are not listed.");

        void WriteList(IEnumerable<string> some)
        {
            using var list = html.Open("ul", ("class", "names"));
            foreach (var name in some)
                html.Write("li", name);
        }
    }

    private static void WriteDocumentation(HtmlWriter html, string code, string text)
    {
        using var manual = html.Open("div", ("class", "documentation"));
        DocumentationWriter.Write(html, text, Finding.HelpUriOf(code));
    }
}
