using System.Globalization;
using KubeInject.Annotations;
using KubeInject.Credentials.Vault;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Collects what is the matter in Vault with the credentials of one pod, and what could not be seen there.</summary>
/// <param name="about">The pod or workload.</param>
internal sealed class VaultFindings(PodTemplate about)
{
    private readonly List<Finding> findings = [];
    private readonly SortedSet<string> missingRights = new(StringComparer.Ordinal);

    /// <summary>Errors first, otherwise in the order in which they were found; then what could not be seen.</summary>
    public IReadOnlyList<Finding> All =>
    [
        .. findings.OrderByDescending(finding => finding.Severity),
        .. missingRights.Count == 0 ? [] : new[] { Make(FindingSeverity.Information, FindingCode.UnknownToVaultUser, null, $"The login to Vault may not read {string.Join(", ", missingRights)}.", $"Add to its policy: {PolicyLines}.") },
    ];

    /// <summary>What a policy has to say for the rest to be seen; empty where all was.</summary>
    public string PolicyLines => string.Join(' ', missingRights.Select(path => $$"""path "{{path}}" { capabilities = ["read"] }"""));

    public void Error(string code, string key, string message, string suggestion) => Add(FindingSeverity.Error, code, key, message, suggestion);

    public void Add(FindingSeverity severity, string code, string? key, string message, string suggestion) =>
        findings.Add(Make(severity, code, key, message, suggestion));

    /// <summary>Notes that a path may not be read.</summary>
    public void Denied(VaultRequest question) => missingRights.Add(question.PolicyPath);

    /// <summary>A time as people write it: <c>90s</c>, <c>15m</c>, <c>24h</c>, <c>32d</c>.</summary>
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
