using KubeInject.Annotations;

namespace KubeInject.Injector.Reports;

/// <summary>One line a finding, as compilers write them, so that editors find the place.</summary>
internal sealed class TextReport : IReportFormat
{
    public void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output)
    {
        foreach (var finding in findings)
            output.WriteLine(DisplayText.Escape($"{finding.Place}: {Word(finding.Severity)} {finding.Code}: {(finding.Line is null ? finding with { Object = null } : finding).Text}"));
    }

    private static string Word(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "note",
    };
}
