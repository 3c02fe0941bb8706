using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>Collects what is the matter with one pod.</summary>
/// <param name="about">The pod or workload that every finding is about.</param>
internal sealed class FindingList(PodTemplate about)
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
        : WithoutContradictions(findings
            .OrderByDescending(finding => finding.Severity)
            .ThenBy(finding => finding.Key, StringComparer.Ordinal)
            .ThenBy(finding => finding.Code, StringComparer.Ordinal)
            .ToArray());

    public void Add(FindingSeverity severity, string code, string key, string message, string suggestion, Fix? fix = null, bool isOnWorkload = false) =>
        findings.Add(new Finding
        {
            Code = code,
            Severity = severity,
            Object = about.Object,
            Server = about.Server,
            Key = key,
            Message = message,
            Suggestion = suggestion,
            Fix = fix,
            IsOnWorkload = isOnWorkload,
        });

    /// <summary>
    /// Of two fixes that want the same key otherwise, the first stays: so all fixes of one reading can be applied together,
    /// in any order. Who reads again afterwards gets the other, if it is still needed.
    /// </summary>
    private static Finding[] WithoutContradictions(Finding[] sorted)
    {
        var touched = new Dictionary<(MetadataField, string), Fix>();
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].Fix is not { } fix)
                continue;
            var keys = KeysOf(fix).ToList();
            if (keys.Exists(key => touched.TryGetValue(key, out var other) && !other.Changes.SequenceEqual(fix.Changes)))
                sorted[i] = sorted[i] with { Fix = null };
            else
                keys.ForEach(key => touched.TryAdd(key, fix));
        }

        return sorted;
    }

    private static IEnumerable<(MetadataField, string)> KeysOf(Fix fix) => fix.Changes.SelectMany(change =>
        change is RenameMetadata rename
            ? new[] { (change.Field, change.Key), (change.Field, rename.NewKey) }
            : [(change.Field, change.Key)]);
}
