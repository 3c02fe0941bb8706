using System.Globalization;
using KubeInject.Annotations;

namespace KubeInject.Injector.Reports;

/// <summary>Writes findings as workflow commands, which GitHub Actions shows as annotations of the lines.</summary>
/// <remarks>https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message</remarks>
/// <param name="root">The folder of the repository, which file paths are relative to.</param>
internal sealed class GitHubReport(string root) : IReportFormat
{
    public void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output)
    {
        foreach (var finding in findings)
            output.Write($"{Line(finding)}\n");
    }

    private string Line(ReportedFinding finding)
    {
        var location = finding.File is null ? [] : new[]
        {
            $"file={Property(RelativePath.Of(finding.File, root))}",
            string.Create(CultureInfo.InvariantCulture, $"line={finding.Line}"),
            string.Create(CultureInfo.InvariantCulture, $"col={finding.Column}"),
        };

        // A line number without a file has no meaning to GitHub, so it is written into the text.
        var text = finding.File is null && finding.Line is not null ? $"{finding.Location}: {finding.Text}" : finding.Text;
        return $"::{Command(finding.Severity)} {string.Join(',', [.. location, $"title={Property(finding.Code)}"])}::{Data(text)}";
    }

    private static string Command(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "notice",
    };

    private static string Property(string value) => Data(value).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    // Escape the percent sign first; otherwise, it is escaped twice. GitHub decodes line breaks and prints everything else unchanged.
    private static string Data(string value) => DisplayText.EscapeLines(value
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal));
}
