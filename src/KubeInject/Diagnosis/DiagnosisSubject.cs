using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Diagnosis;

/// <summary>The subject of a diagnosis: a pod or a pod template, and its requests.</summary>
/// <param name="Options">The settings of the annotations.</param>
/// <param name="Template">The metadata and containers.</param>
/// <param name="Injections">The requests: one injection for each dialect, and at least one.</param>
/// <param name="Location">The start of its document; null for an object of a cluster.</param>
/// <param name="Pod">The pod in the cluster; for a workload, its newest pod. Null for a manifest, and for a workload without pods.</param>
internal sealed record DiagnosisSubject(InjectionOptions Options, PodTemplate Template, IReadOnlyList<PodInjection> Injections, SourceLocation? Location, Pod? Pod)
{
    /// <summary>The finding about annotations that are in the metadata of the pod's workload; null if there are none.</summary>
    public Finding? OnWorkload { get; init; }

    /// <summary>Why the workload of the pod could not be read; null if it could, or if it did not have to be read.</summary>
    public string? WorkloadProblem { get; init; }

    /// <summary>Creates a finding about the subject.</summary>
    public Finding Find(string code, FindingSeverity severity, string message, string suggestion, string? key = null) => new()
    {
        Code = code,
        Severity = severity,
        Object = Template.Object,
        Server = Template.Server,
        Key = key,
        Message = message,
        Suggestion = suggestion,
        Location = Location,
    };

    public static DiagnosisSubject Of(Pod pod, InjectionOptions options) =>
        new(options, pod.ToTemplate(), PodInjections.ReadAll(pod.ToTemplate(), options), null, pod);

    public static DiagnosisSubject Of(PodTemplate template, InjectionOptions options) =>
        new(options, template, PodInjections.ReadAll(template, options), null, null);

    public static DiagnosisSubject Of(ManifestPodTemplate template, InjectionOptions options) =>
        new(options, template.Template, template.ReadInjections(options), template.Location, null);
}
