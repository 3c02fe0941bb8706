using System.Text.Json.Serialization;
using KubeInject.Annotations;

namespace KubeInject.Injector.Reports;

/// <summary>A finding in a report, with the same property names as the findings of the cmdlets. Contains no secret.</summary>
internal sealed record ReportedFinding
{
    public required string Code { get; init; }

    public required FindingSeverity Severity { get; init; }

    /// <summary>The object; null if the manifest could not be read.</summary>
    public string? Object { get; init; }

    public string? Namespace { get; init; }

    public string? Key { get; init; }

    public required string Message { get; init; }

    public string? Suggestion { get; init; }

    public string? File { get; init; }

    public int? Line { get; init; }

    public int? Column { get; init; }

    public required string HelpUri { get; init; }

    /// <summary>The title of the automatic fix; null if there is none.</summary>
    public string? Fix { get; init; }

    /// <summary>The API server that the object was read from; null for a manifest.</summary>
    public string? Server { get; init; }

    public static ReportedFinding Of(Finding finding) => new()
    {
        Code = finding.Code,
        Severity = finding.Severity,
        Object = finding.Object.ToString(),
        Namespace = finding.Namespace,
        Key = finding.Key,
        Message = finding.Message,
        Suggestion = finding.Suggestion,
        File = finding.File,
        Line = finding.Line,
        Column = finding.Column,
        HelpUri = finding.HelpUri.ToString(),
        Fix = finding.Fix?.Title,
        Server = finding.Server?.ToString(),
    };

    /// <summary>A finding for a manifest or document that cannot be read.</summary>
    public static ReportedFinding OfUnreadable(string problem, SourceLocation location, FindingSeverity severity = FindingSeverity.Error) => new()
    {
        Code = FindingCode.UnreadableManifest,
        Severity = severity,
        Message = problem,
        File = location.File,
        Line = location.Line,
        Column = location.Column,
        HelpUri = Finding.HelpUriOf(FindingCode.UnreadableManifest).ToString(),
    };

    /// <summary>The object, the message, and the suggestion in one line.</summary>
    [JsonIgnore]
    public string Text => string.Join(' ', new[] { Object is null ? null : $"{Object}:", Message, Suggestion }.OfType<string>());

    /// <summary>The location in the format of compilers; the object if there is no location.</summary>
    [JsonIgnore]
    public string Location => Line is { } line ? new SourceLocation(File, line, Column ?? 1).ToString() : Object ?? "";
}
