namespace KubeInject.Reports.Page;

/// <summary>Writes the table of namespaces.</summary>
internal static class NamespaceSection
{
    private static readonly string[] Columns = ["Namespace", "Pods", "Requesting", "Injected", "Pending", "Errors", "Warnings", "Notes"];

    public static void Write(HtmlWriter html, PodInjectionReport report)
    {
        using var section = html.Open("section", ("aria-labelledby", "namespaces"));
        html.Write("h2", "Namespaces", ("id", "namespaces"));
        var shown = report.Namespaces.Where(one => one.Requesting + one.Errors + one.Warnings + one.Notes > 0).ToList();
        if (shown.Count > 0)
        {
            HtmlTable.Write(html, "namespaces-table", "Pods and findings of the namespaces in which pods request credentials", "overview", Columns, shown, (row, one) =>
            {
                row.Heading(() => html.Write(one.Name));
                row.Cell(one.Pods);
                row.Cell(one.Requesting);
                row.Cell(one.Injected, "good");
                row.Cell(one.Pending, "warning");
                row.Cell(one.Errors, "error");
                row.Cell(one.Warnings, "warning");
                row.Cell(one.Notes);
            });
        }

        var others = report.Namespaces.Except(shown).ToList();
        if (others.Count > 0)
            html.Write("p", $"In {HtmlWriter.Number(others.Count)} {(others.Count == 1 ? "other namespace" : "other namespaces")} with {HtmlWriter.Number(others.Sum(one => one.Pods))} {(others.Sum(one => one.Pods) == 1 ? "pod" : "pods")}, no pod requests credentials.", ("class", "aside"));
        else if (shown.Count == 0)
            html.Write("p", "There are no pods.", ("class", "aside"));
    }
}
