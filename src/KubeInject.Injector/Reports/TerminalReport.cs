namespace KubeInject.Injector.Reports;

/// <summary>Writes findings for a terminal: grouped by object, each with its location in the format of compilers, and wrapped at words.</summary>
/// <param name="width">The number of columns of the terminal.</param>
internal sealed class TerminalReport(int width) : IReportFormat
{
    private const string Indent = "    ";

    public void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output)
    {
        string? current = null;
        foreach (var finding in findings)
        {
            var group = finding.Object ?? "";
            if (current is not null && group != current)
                output.WriteLine();
            if (group != current && group.Length > 0)
                output.WriteLine(DisplayText.Escape(group));
            current = group;
            output.WriteLine(DisplayText.Escape($"{(finding.Line is null ? "" : $"{finding.Location}: ")}{TextReport.Word(finding.Severity)} {finding.Code}"));
            foreach (var line in new[] { finding.Message, finding.Suggestion }.OfType<string>().SelectMany(text => DisplayText.Wrap(DisplayText.Escape(text), width - Indent.Length - 1)))
                output.WriteLine(Indent + line);
        }
    }
}
