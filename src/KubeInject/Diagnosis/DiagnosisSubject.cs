using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Diagnosis;

/// <summary>What is looked at: a pod or a pod template, and what it asks for.</summary>
/// <param name="Template">What it says of itself.</param>
/// <param name="Injections">What it asks for: one injection for each dialect, one at least.</param>
/// <param name="Location">Where its document starts; null for an object of a cluster.</param>
/// <param name="Pod">The pod as it is in the cluster, for a workload the newest of its pods; null for what comes from elsewhere, and where there is none.</param>
internal sealed record DiagnosisSubject(PodTemplate Template, IReadOnlyList<PodInjection> Injections, SourceLocation? Location, Pod? Pod)
{
    /// <summary>A finding about it.</summary>
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
        new(pod.Template, PodInjectionReader.ReadAll(pod.Template, options), null, pod);

    public static DiagnosisSubject Of(PodTemplate template, InjectionOptions options) =>
        new(template, PodInjectionReader.ReadAll(template, options), null, null);

    public static DiagnosisSubject Of(ManifestPodTemplate template, InjectionOptions options) =>
        new(template.Template, template.ReadInjections(options), template.Location, null);
}
