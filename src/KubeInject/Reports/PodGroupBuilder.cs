using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Reports;

/// <summary>Pods of one template with equal annotations. The diagnosis of one pod applies to all of them.</summary>
/// <param name="Pods">The pods, in ordinal order of their names.</param>
internal sealed record PodGroupBuilder(IReadOnlyList<TemplatePod> Pods)
{
    private PodDiagnosis? diagnosis;

    public string Namespace => Pods[0].Metadata.Namespace ?? "";

    /// <summary>The name of the pod; for several pods, the common prefix of their names and a <c>*</c>.</summary>
    public string Name { get; } = NameOf(Pods);

    public bool IsWorkload => Pods[0].IsWorkload;

    public string DisplayName => $"{Namespace}/{Name}";

    /// <summary>The newest pod, which is checked for all pods of the group.</summary>
    public ObjectMetadata Newest => Pods.MaxBy(pod => pod.Metadata.CreationTimestamp ?? DateTimeOffset.MinValue)!.Metadata;

    /// <summary>The diagnosis; null if only the annotations were read.</summary>
    public PodDiagnosis? Diagnosis
    {
        get => diagnosis ?? Pods[0].Diagnosis;
        set => diagnosis = value;
    }

    public bool IsDiagnosed => Diagnosis is not null;

    public InjectionState State => TemplatePod.StateOf(Injections);

    public IReadOnlyList<Finding> Findings => diagnosis?.Findings ?? Pods[0].Findings;

    private IReadOnlyList<PodInjection> Injections => diagnosis?.Injections ?? Pods[0].Injections;

    /// <summary>Groups pods, in ordinal order of namespace and name.</summary>
    public static IReadOnlyList<PodGroupBuilder> Group(IEnumerable<TemplatePod> pods) =>
    [
        .. pods.GroupBy(pod => pod.GroupKey, StringComparer.Ordinal)
            .Select(group => new PodGroupBuilder([.. group.OrderBy(pod => pod.Name, StringComparer.Ordinal)]))
            .OrderBy(group => group.Namespace, StringComparer.Ordinal).ThenBy(group => group.Pods[0].Name, StringComparer.Ordinal),
    ];

    public PodGroup ToGroup() => new()
    {
        Namespace = Namespace,
        Name = Name,
        Pods = [.. Pods.Select(pod => pod.Name)],
        State = State,
        IsWorkload = IsWorkload,
        Cause = State == InjectionState.Injected ? null : Cause?.Code,
        Verdict = (IsWorkload ? Diagnosis : diagnosis) is { } checkedInCluster ? Verdict.Of(checkedInCluster, withProblem: false) : null,
        Databases =
        [
            .. from injection in Injections
               from database in injection.Databases
               select new ReportedDatabase(
                   Redaction.OneLine(database.Name),
                   database.Role is null ? null : Display(database.Role),
                   Display(database.Mount, of: database.Mount.Replace('/', '-')),
                   [.. database.AllVariables.Select(variable => Display(variable))],
                   injection.Dialect),
        ],
        Findings = [.. Findings.Select(finding => (finding.Code, finding.Severity)).Distinct().OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Code, StringComparer.Ordinal)],
    };

    /// <summary>The finding that explains why the pods have no credentials; null if it is not known.</summary>
    private Finding? Cause => Diagnosis?.FirstFailed?.Worst
        ?? Findings.FirstOrDefault(finding => finding.Code == FindingCode.NoInjector)
        ?? Findings.FirstOrDefault(finding => finding.Severity == FindingSeverity.Error);

    /// <summary>Returns a value for display; a placeholder if the value can contain a password.</summary>
    /// <param name="value">The value to display.</param>
    /// <param name="of">The text to check for a password; null for the value.</param>
    private static string Display(string value, string? of = null) =>
        Redaction.Value(of ?? value) is ['(', ..] placeholder ? placeholder : Redaction.OneLine(value);

    private static string NameOf(IReadOnlyList<TemplatePod> pods)
    {
        // The names are in ordinal order, so the first and the last name have the shortest common prefix.
        var (first, last) = (pods[0].Name, pods[^1].Name);
        return first == last ? first : $"{first[..first.AsSpan().CommonPrefixLength(last)]}*";
    }
}
