using KubeInject.Kubernetes;

namespace KubeInject.Annotations;

/// <summary>Collects what is the matter with one pod.</summary>
/// <param name="about">The pod or workload that every finding is about.</param>
internal sealed class FindingList(ObjectReference about)
{
    private readonly List<Finding> findings = [];

    public void Error(string code, string key, string message, string suggestion, Fix? fix = null) =>
        Add(FindingSeverity.Error, code, key, message, suggestion, fix);

    public void Warning(string code, string key, string message, string suggestion, Fix? fix = null) =>
        Add(FindingSeverity.Warning, code, key, message, suggestion, fix);

    public void Information(string code, string key, string message, string suggestion, Fix? fix = null) =>
        Add(FindingSeverity.Information, code, key, message, suggestion, fix);

    /// <summary>Errors first, then by key and code. Findings that share these are about one annotation, and stay in its order.</summary>
    public IReadOnlyList<Finding> Sorted() => findings.Count == 0
        ? []
        : findings
            .OrderByDescending(finding => finding.Severity)
            .ThenBy(finding => finding.Key, StringComparer.Ordinal)
            .ThenBy(finding => finding.Code, StringComparer.Ordinal)
            .ToArray();

    public void Add(FindingSeverity severity, string code, string key, string message, string suggestion, Fix? fix = null) =>
        findings.Add(new Finding
        {
            Code = code,
            Severity = severity,
            Object = about,
            Key = key,
            Message = message,
            Suggestion = suggestion,
            Fix = fix,
        });
}
