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
    private static readonly string[] TemplateLabels = ["pod-template-hash", "controller-revision-hash"];

    /// <summary>The label with the name of the Job of a pod.</summary>
    private const string JobLabel = "job-name";

    private static readonly char[] Digits = [.. "0123456789"];

    /// <summary>Creates the entry of a workload whose annotations have no effect.</summary>
    public static TemplatePod OfWorkload(PodDiagnosis workload) =>
        new(new ObjectMetadata { Kind = workload.Object.Kind, Namespace = workload.Object.Namespace, Name = workload.Object.Name }, workload.Injections) { Diagnosis = workload };

    /// <summary>Whether this is a workload, and not a pod.</summary>
    public bool IsWorkload => Metadata.Kind != KubeResource.Pods.Kind;

    /// <summary>The name of the pod; of a workload, with its kind: <c>deployment/orders</c>.</summary>
    public string Name => IsWorkload ? $"{new ObjectReference(Metadata.Kind, null, Metadata.Name)}" : Metadata.Name;

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
        Template,
        .. Injections.Select(injection => $"{injection.Dialect} {injection.State}"),
        .. Injections.SelectMany(injection => injection.Databases).Select(database => $"{database} {string.Join(' ', database.AllVariables)}"),
        .. Findings.Select(finding => $"{finding.Code} {finding.Key} {finding.Message}"),
    ]);

    // The Jobs of a CronJob have the same template. Their names end with the time in minutes.
    private string Template => Metadata.Labels.TryGetValue(JobLabel, out var job) ? $"job {job.TrimEnd(Digits)}"
        : Array.Find(TemplateLabels, Metadata.Labels.ContainsKey) is { } label ? Metadata.Labels[label]
        : $"alone {Name}";

    /// <summary>The state of the first injection with databases; otherwise, of the first injection with a state.</summary>
    public static InjectionState StateOf(IReadOnlyList<PodInjection> injections) =>
        (injections.FirstOrDefault(injection => injection.Databases.Count > 0) ?? injections.FirstOrDefault(injection => injection.State != InjectionState.None) ?? injections[0]).State;
}
