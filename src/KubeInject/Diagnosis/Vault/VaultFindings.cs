using System.Globalization;
using KubeInject.Annotations;
using KubeInject.Credentials.Vault;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Collects the findings about the credentials of one pod in Vault, and the paths that could not be read.</summary>
/// <param name="about">The pod or workload.</param>
internal sealed class VaultFindings(PodTemplate about)
{
    private readonly List<Finding> findings = [];
    private readonly SortedSet<string> unreadablePaths = new(StringComparer.Ordinal);

    /// <summary>The findings by severity, otherwise in the order in which they were found; last, the paths that could not be read.</summary>
    public IReadOnlyList<Finding> All =>
    [
        .. findings.OrderByDescending(finding => finding.Severity),
        .. unreadablePaths.Count == 0 ? [] : new[] { Make(FindingSeverity.Information, FindingCode.VaultPermissionMissing, null, $"The Vault login has no permission to read {string.Join(", ", unreadablePaths)}.", $"Add to its policy: {PolicyLines}.") },
    ];

    /// <summary>The policy rules that are required to read the remaining paths; empty if all paths were read.</summary>
    public string PolicyLines => string.Join(' ', unreadablePaths.Select(path => $$"""path "{{path}}" { capabilities = ["read"] }"""));

    public void Error(string code, string key, string message, string suggestion) => Add(FindingSeverity.Error, code, key, message, suggestion);

    public void Add(FindingSeverity severity, string code, string? key, string message, string suggestion) =>
        findings.Add(Make(severity, code, key, message, suggestion));

    /// <summary>Records that a path could not be read.</summary>
    public void Denied(VaultRequest request) => unreadablePaths.Add(request.PolicyPath);

    /// <summary>Formats a duration: <c>90s</c>, <c>15m</c>, <c>24h</c>, <c>32d</c>.</summary>
    public static string Time(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0}s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#}m"),
        { TotalHours: <= 48 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#}h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#}d"),
    };

    private Finding Make(FindingSeverity severity, string code, string? key, string message, string suggestion) => new()
    {
        Code = code,
        Severity = severity,
        Object = about.Object,
        Server = about.Server,
        Key = key,
        Message = Redaction.OneLine(message),
        Suggestion = Redaction.OneLine(suggestion),
    };
}
