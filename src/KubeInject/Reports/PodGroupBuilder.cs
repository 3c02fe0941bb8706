using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Reports;

/// <summary>Pods of one template that were read alike. What is found out about one is taken to hold for the others.</summary>
/// <param name="Pods">The pods, in ordinal order of their names.</param>
internal sealed record PodGroupBuilder(IReadOnlyList<TemplatePod> Pods)
{
    private PodDiagnosis? looked;

    public string Namespace => Pods[0].Metadata.Namespace ?? "";

    /// <summary>What their names begin with, and a <c>*</c>; or the one name.</summary>
    public string Name { get; } = NameOf(Pods);

    public string DisplayName => $"{Namespace}/{Name}";

    /// <summary>The pod to look at for all of them.</summary>
    public ObjectMetadata Newest => Pods.MaxBy(pod => pod.Metadata.CreationTimestamp ?? DateTimeOffset.MinValue)!.Metadata;

    /// <summary>What was found out; null where there is no more than their annotations.</summary>
    public PodDiagnosis? Diagnosis
    {
        get => looked ?? Pods[0].Diagnosis;
        set => looked = value;
    }

    public bool IsDiagnosed => Diagnosis is not null;

    public InjectionState State => TemplatePod.StateOf(Injections);

    public IReadOnlyList<Finding> Findings => looked?.Findings ?? Pods[0].Findings;

    private IReadOnlyList<PodInjection> Injections => looked?.Injections ?? Pods[0].Injections;

    /// <summary>Puts together what belongs together; in ordinal order of namespace and name.</summary>
    public static IReadOnlyList<PodGroupBuilder> Group(IEnumerable<TemplatePod> pods) =>
    [
        .. pods.GroupBy(pod => pod.Likeness, StringComparer.Ordinal)
            .Select(alike => new PodGroupBuilder([.. alike.OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal)]))
            .OrderBy(alike => alike.Namespace, StringComparer.Ordinal).ThenBy(alike => alike.Pods[0].Metadata.Name, StringComparer.Ordinal),
    ];

    public PodGroup ToGroup() => new()
    {
        Namespace = Namespace,
        Name = Name,
        Pods = [.. Pods.Select(pod => pod.Metadata.Name)],
        State = State,
        Verdict = looked is null ? null : Verdict.Of(looked, withProblem: false),
        Databases =
        [
            .. from injection in Injections
               from database in injection.Databases
               select new ReportedDatabase(
                   Redaction.OneLine(database.Name),
                   database.Role is null ? null : Shown(database.Role),
                   Shown(database.Mount, of: database.Mount.Replace('/', '-')),
                   [.. Verdict.VariablesOf(database).Select(variable => Shown(variable))],
                   injection.Dialect),
        ],
        Findings = [.. Findings.Select(finding => (finding.Code, finding.Severity)).Distinct().OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Code, StringComparer.Ordinal)],
    };

    /// <summary>A value; where it looks like what a password may stand in, word of that.</summary>
    /// <param name="value">The value.</param>
    /// <param name="of">What decides about it, if not the value itself.</param>
    private static string Shown(string value, string? of = null) =>
        Redaction.Value(of ?? value) is ['(', ..] kept ? kept : Redaction.OneLine(value);

    private static string NameOf(IReadOnlyList<TemplatePod> pods)
    {
        // In ordinal order the first and the last differ most.
        var (first, last) = (pods[0].Metadata.Name, pods[^1].Metadata.Name);
        return first == last ? first : $"{first[..first.AsSpan().CommonPrefixLength(last)]}*";
    }
}
