using KubeInject.Annotations;

namespace KubeInject.Injector.Reports;

/// <summary>Writes one line per finding in the format of compilers, so that editors can open the location, for files and other programs.</summary>
internal sealed class TextReport : IReportFormat
{
    public void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output)
    {
        foreach (var finding in findings)
            output.WriteLine(DisplayText.Escape($"{finding.Location}: {Word(finding.Severity)} {finding.Code}: {(finding.Line is null ? finding with { Object = null } : finding).Text}"));
    }

    /// <summary>The word for a severity.</summary>
    public static string Word(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "note",
    };
}
