using System.Globalization;
using KubeInject.Annotations;

namespace KubeInject.Injector.Reports;

/// <summary>Workflow commands, of which GitHub Actions makes annotations of the changed lines.</summary>
/// <remarks>https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message</remarks>
/// <param name="root">The folder that files are named from: that of the repository.</param>
internal sealed class GitHubReport(string root) : IReportFormat
{
    public void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output)
    {
        foreach (var finding in findings)
            output.Write($"{Line(finding)}\n");
    }

    private string Line(ReportedFinding finding)
    {
        var place = finding.File is null ? [] : new[]
        {
            $"file={Property(RelativePath.Of(finding.File, root))}",
            string.Create(CultureInfo.InvariantCulture, $"line={finding.Line}"),
            string.Create(CultureInfo.InvariantCulture, $"col={finding.Column}"),
        };

        // Without a file the line alone would say nothing.
        var text = finding.File is null && finding.Line is not null ? $"{finding.Place}: {finding.Text}" : finding.Text;
        return $"::{Command(finding.Severity)} {string.Join(',', [.. place, $"title={Property(finding.Code)}"])}::{Data(text)}";
    }

    private static string Command(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "notice",
    };

    private static string Property(string value) => Data(value).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    // The percent sign first, or else it would be escaped a second time. GitHub decodes line breaks and prints all else as it is.
    private static string Data(string value) => DisplayText.EscapeLines(value
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal));
}
