using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Reports;

/// <summary>A pod that requests credentials or has findings.</summary>
/// <param name="Metadata">The metadata of the pod.</param>
/// <param name="Injections">The requests of the pod.</param>
internal sealed record TemplatePod(ObjectMetadata Metadata, IReadOnlyList<PodInjection> Injections)
{
    /// <summary>Labels whose values identify the template of a pod.</summary>
    private static readonly string[] TemplateLabels = ["pod-template-hash", "controller-revision-hash", "controller-uid"];

    /// <summary>The diagnosis; null if only the annotations were read.</summary>
    public PodDiagnosis? Diagnosis { get; init; }

    /// <summary>The state of the injection.</summary>
    public InjectionState State => StateOf(Injections);

    /// <summary>The findings of the pod.</summary>
    public IReadOnlyList<Finding> Findings => Diagnosis?.Findings ?? [.. Injections.SelectMany(injection => injection.Findings)];

    /// <summary>The key that pods of one group share: template, requests, and findings.</summary>
    public string GroupKey => string.Join('\n',
    [
        Metadata.Namespace,
        Array.Find(TemplateLabels, Metadata.Labels.ContainsKey) is { } label ? Metadata.Labels[label] : $"alone {Metadata.Name}",
        .. Injections.Select(injection => $"{injection.Dialect} {injection.State}"),
        .. Injections.SelectMany(injection => injection.Databases).Select(database => $"{database} {string.Join(' ', database.AllVariables)}"),
        .. Findings.Select(finding => $"{finding.Code} {finding.Key} {finding.Message}"),
    ]);

    /// <summary>The state of the first injection with databases; otherwise, of the first injection with a state.</summary>
    public static InjectionState StateOf(IReadOnlyList<PodInjection> injections) =>
        (injections.FirstOrDefault(injection => injection.Databases.Count > 0) ?? injections.FirstOrDefault(injection => injection.State != InjectionState.None) ?? injections[0]).State;
}
