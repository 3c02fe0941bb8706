using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Reports;

/// <summary>A pod that asks for something, or that something is the matter with.</summary>
/// <param name="Metadata">The pod.</param>
/// <param name="Injections">What it asks for.</param>
internal sealed record TemplatePod(ObjectMetadata Metadata, IReadOnlyList<PodInjection> Injections)
{
    /// <summary>Labels whose value is the same for all pods of one template, and for no other's.</summary>
    private static readonly string[] OfTemplate = ["pod-template-hash", "controller-revision-hash", "controller-uid"];

    /// <summary>What was found out; null where there is no more than its annotations.</summary>
    public PodDiagnosis? Diagnosis { get; init; }

    /// <summary>How far its injection has come.</summary>
    public InjectionState State => StateOf(Injections);

    /// <summary>What is the matter with it.</summary>
    public IReadOnlyList<Finding> Findings => Diagnosis?.Findings ?? [.. Injections.SelectMany(injection => injection.Findings)];

    /// <summary>What is the same for pods that belong together: their template, and what was read.</summary>
    public string Likeness => string.Join('\n',
    [
        Metadata.Namespace,
        Array.Find(OfTemplate, Metadata.Labels.ContainsKey) is { } label ? Metadata.Labels[label] : $"alone {Metadata.Name}",
        .. Injections.Select(injection => $"{injection.Dialect} {injection.State}"),
        .. Injections.SelectMany(injection => injection.Databases).Select(database => $"{database} {string.Join(' ', Verdict.VariablesOf(database))}"),
        .. Findings.Select(finding => $"{finding.Code} {finding.Key} {finding.Message}"),
    ]);

    /// <summary>How far an injection has come, whatever the dialects.</summary>
    public static InjectionState StateOf(IReadOnlyList<PodInjection> injections) =>
        (injections.FirstOrDefault(injection => injection.Databases.Count > 0) ?? injections.FirstOrDefault(injection => injection.State != InjectionState.None) ?? injections[0]).State;
}
