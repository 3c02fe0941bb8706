using System.Text.Json.Serialization;
using KubeInject.Annotations;

namespace KubeInject.Injector.Reports;

/// <summary>A finding as reports have it, under the names that the cmdlet's findings have. Holds no secret.</summary>
internal sealed record ReportedFinding
{
    public required string Code { get; init; }

    public required FindingSeverity Severity { get; init; }

    /// <summary>The object, as kubectl prints it; null where none could be read.</summary>
    public string? Object { get; init; }

    public string? Namespace { get; init; }

    public string? Key { get; init; }

    public required string Message { get; init; }

    public string? Suggestion { get; init; }

    public string? File { get; init; }

    public int? Line { get; init; }

    public int? Column { get; init; }

    public required string HelpUri { get; init; }

    /// <summary>What would mend it without a question; null where that is not certain.</summary>
    public string? Fix { get; init; }

    /// <summary>The API server that the object is of; null for a manifest.</summary>
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

    /// <summary>A manifest of which nothing can be said.</summary>
    public static ReportedFinding OfUnreadable(string problem, SourceLocation place) => new()
    {
        Code = FindingCode.UnreadableManifest,
        Severity = FindingSeverity.Error,
        Message = problem,
        File = place.File,
        Line = place.Line,
        Column = place.Column,
        HelpUri = Finding.HelpUriOf(FindingCode.UnreadableManifest).ToString(),
    };

    /// <summary>What is the matter and what to do, in one line.</summary>
    [JsonIgnore]
    public string Text => string.Join(' ', new[] { Object is null ? null : $"{Object}:", Message, Suggestion }.OfType<string>());

    /// <summary>Where it stands, as compilers write it; the object where there is no text.</summary>
    [JsonIgnore]
    public string Place => Line is { } line ? new SourceLocation(File, line, Column ?? 1).ToString() : Object ?? "";
}
