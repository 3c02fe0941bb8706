using KubeInject.Annotations;

namespace KubeInject.Reports.Page;

/// <summary>Writes the pods that request credentials or have findings, and the workloads whose annotations have no effect.</summary>
internal static class PodSection
{
    private const int MaxRows = 2000;

    private static readonly string[] Columns = ["Pods", "State", "Requests", "Variables", "Findings"];

    public static void Write(HtmlWriter html, PodInjectionReport report)
    {
        using var section = html.Open("section", ("aria-labelledby", "pods"));
        html.Write("h2", "Pods", ("id", "pods"));
        if (report.Pods.Count == 0)
        {
            html.Write("p", "No pod requests credentials.", ("class", "aside"));
            return;
        }

        HtmlTable.Write(html, "pods-table", "Pods that request credentials, and pods and workloads with findings", "pods", Columns, Shown(report.Pods), (row, pods) => WriteRow(html, row, pods));
        if (report.Pods.Count > MaxRows)
            html.Write("p", $"{HtmlWriter.Number(report.Pods.Count - MaxRows)} more with less severe findings or none are counted above but not listed. To list them, select fewer pods with -Namespace or -LabelSelector.", ("class", "aside"));
        if (report.PodCount - report.Pods.Where(pods => !pods.IsWorkload).Sum(pods => pods.Pods.Count) is > 0 and var others)
            html.Write("p", $"{HtmlWriter.Number(others)} {(others == 1 ? "pod requests" : "pods request")} no credentials.", ("class", "aside"));
    }

    /// <summary>The groups to list: if there are too many, those with the most severe findings, in the order of the report.</summary>
    private static IEnumerable<PodGroup> Shown(IReadOnlyList<PodGroup> pods) => pods.Count <= MaxRows ? pods : pods
        .Select((group, index) => (Group: group, Index: index))
        .OrderByDescending(pair => pair.Group.Findings.Count == 0 ? -1 : (int)pair.Group.Findings[0].Severity)
        .ThenBy(pair => pair.Group.State == InjectionState.Injected)
        .Take(MaxRows)
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
            foreach (var name in pods.Pods.Take(MaxRows))
                html.Write("li", name);
        });
        row.Cell(() =>
        {
            html.Write("span", StateText(pods.State), ("class", $"badge {pods.State.ToString().ToLowerInvariant()}"));
            if (pods.Verdict is not null)
                html.Write("p", pods.Verdict, ("class", "verdict"));
        });
        row.Cell(() => WriteLines(html, pods.Databases, RequestText));
        row.Cell(() => WriteLines(html, pods.Databases, database => string.Join(", ", database.Variables)), "variables");
        row.Cell(() =>
        {
            if (pods.Findings.Count == 0)
                html.Write("–");
            using var codes = html.Open("span");
            foreach (var (code, severity) in pods.Findings)
            {
                FindingSection.WriteLink(html, code, severity, code);
                html.Write(" ");
            }
        });
    }

    private static string RequestText(ReportedDatabase database) =>
        $"{database.Name}: {(database.Role is null ? "no role" : $"role {database.Role}")} of {database.Mount}{(database.Dialect == InjectionDialect.VaultDbInjector ? "" : $", in the dialect {database.Dialect}")}";

    private static string StateText(InjectionState state) => state switch
    {
        InjectionState.None => "No valid request",
        InjectionState.Ignored => "Ignored",
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
