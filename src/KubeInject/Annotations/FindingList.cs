using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>Collects the findings of a pod.</summary>
/// <param name="about">The pod or workload of the findings.</param>
internal sealed class FindingList(PodTemplate about)
{
    private readonly List<Finding> findings = [];

    public void Error(string code, string key, string message, string suggestion, Fix? fix = null) =>
        Add(FindingSeverity.Error, code, key, message, suggestion, fix);

    public void Warning(string code, string key, string message, string suggestion, Fix? fix = null) =>
        Add(FindingSeverity.Warning, code, key, message, suggestion, fix);

    /// <summary>Adds a warning for which the in-cluster injector refuses the pod, or after which the API server refuses it.</summary>
    public void Refused(string code, string key, string message, string suggestion, Fix? fix = null) =>
        Add(FindingSeverity.Warning, code, key, message, suggestion, fix, isRefusedByInjector: true);

    public void Information(string code, string key, string message, string suggestion, Fix? fix = null) =>
        Add(FindingSeverity.Information, code, key, message, suggestion, fix);

    /// <summary>Returns the findings, errors first, then by key and code. Findings of the same key and code keep their order.</summary>
    public IReadOnlyList<Finding> Sorted() => findings.Count == 0
        ? []
        : WithoutContradictions(findings
            .OrderByDescending(finding => finding.Severity)
            .ThenBy(finding => finding.Key, StringComparer.Ordinal)
            .ThenBy(finding => finding.Code, StringComparer.Ordinal)
            .ToArray());

    public void Add(
        FindingSeverity severity, string code, string key, string message, string suggestion, Fix? fix = null, bool isOnWorkload = false, bool isRefusedByInjector = false, string? path = null) =>
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
            IsRefusedByInjector = isRefusedByInjector,
            Path = path,
        });

    /// <summary>
    /// If two fixes change the same key differently, only the first is kept, so that all fixes of one check can be applied
    /// together in any order. The next check reports the other fix if it is still necessary.
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
