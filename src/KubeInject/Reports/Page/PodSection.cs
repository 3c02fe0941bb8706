using KubeInject.Annotations;

namespace KubeInject.Reports.Page;

/// <summary>The pods that ask for something, or that something is the matter with.</summary>
internal static class PodSection
{
    private const int MostRows = 2000;

    private static readonly string[] Columns = ["Pods", "State", "Asks for", "Variables", "Findings"];

    public static void Write(HtmlWriter html, PodInjectionReport report)
    {
        using var section = html.Open("section", ("aria-labelledby", "pods"));
        html.Write("h2", "Pods", ("id", "pods"));
        if (report.Pods.Count == 0)
        {
            html.Write("p", "No pod asks for anything.", ("class", "aside"));
            return;
        }

        HtmlTable.Write(html, "pods-table", "Pods that ask for credentials, or that something is the matter with", "pods", Columns, Shown(report.Pods), (row, pods) => WriteRow(html, row, pods));
        if (report.Pods.Count > MostRows)
            html.Write("p", $"{HtmlWriter.Number(report.Pods.Count - MostRows)} more with less to say of them are counted above and not listed. Look at fewer pods at a time, with -Namespace or -LabelSelector.", ("class", "aside"));
        if (report.PodCount - report.Pods.Sum(pods => pods.Pods.Count) is > 0 and var silent)
            html.Write("p", $"{HtmlWriter.Number(silent)} {(silent == 1 ? "pod asks" : "pods ask")} for nothing.", ("class", "aside"));
    }

    /// <summary>What matters most, where not everything has room; in the order of the report.</summary>
    private static IEnumerable<PodGroup> Shown(IReadOnlyList<PodGroup> pods) => pods.Count <= MostRows ? pods : pods
        .Select((group, index) => (Group: group, Index: index))
        .OrderByDescending(pair => pair.Group.Findings.Count == 0 ? -1 : (int)pair.Group.Findings[0].Severity)
        .ThenBy(pair => pair.Group.State == InjectionState.Injected)
        .Take(MostRows)
        .OrderBy(pair => pair.Index)
        .Select(pair => pair.Group);

    private static void WriteRow(HtmlWriter html, HtmlTable row, PodGroup pods)
    {
        row.Heading(() =>
        {
            html.Write("span", $"{pods.Namespace}/", ("class", "namespace"));
            html.Write(pods.Name);
            if (pods.Pods.Count == 1)
                return;
            using var details = html.Open("details");
            html.Write("summary", $"{HtmlWriter.Number(pods.Pods.Count)} pods");
            using var list = html.Open("ul", ("class", "names"));
            foreach (var name in pods.Pods.Take(MostRows))
                html.Write("li", name);
        });
        row.Cell(() =>
        {
            html.Write("span", Word(pods.State), ("class", $"chip {pods.State.ToString().ToLowerInvariant()}"));
            if (pods.Verdict is not null)
                html.Write("p", pods.Verdict, ("class", "verdict"));
        });
        row.Cell(() => WriteLines(html, pods.Databases, Asked));
        row.Cell(() => WriteLines(html, pods.Databases, database => string.Join(", ", database.Variables)), "variables");
        row.Cell(() =>
        {
            if (pods.Findings.Count == 0)
                html.Write("–");
            using var codes = html.Open("span");
            foreach (var (code, severity) in pods.Findings)
            {
                html.Write("a", code, ("href", $"#{FindingSection.Anchor(code, severity)}"), ("class", $"code {FindingSection.Word(severity).ToLowerInvariant()}"), ("title", FindingSection.Word(severity)));
                html.Write(" ");
            }
        });
    }

    private static string Asked(ReportedDatabase database) =>
        $"{database.Name}: {(database.Role is null ? "no role" : $"role {database.Role}")} of {database.Mount}{(database.Dialect == InjectionDialect.VaultDbInjector ? "" : $", in the words of {database.Dialect}")}";

    private static string Word(InjectionState state) => state switch
    {
        InjectionState.None => "Asks for nothing",
        InjectionState.Ignored => "Left alone",
        _ => $"{state}",
    };

    private static void WriteLines(HtmlWriter html, IReadOnlyList<ReportedDatabase> databases, Func<ReportedDatabase, string> line)
    {
        var lines = databases.Select(line).ToList();
        if (lines.TrueForAll(one => one.Length == 0))
        {
            html.Write("–");
            return;
        }

        foreach (var one in lines)
            html.Write("div", one.Length == 0 ? "–" : one);
    }
}
