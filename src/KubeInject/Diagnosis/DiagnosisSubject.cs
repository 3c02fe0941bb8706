using KubeInject.Annotations;
using KubeInject.Kubernetes;
using KubeInject.Manifests;

namespace KubeInject.Diagnosis;

/// <summary>What is looked at: a pod or a pod template, and what it asks for.</summary>
/// <param name="Template">What it says of itself.</param>
/// <param name="Injections">What it asks for: one injection for each dialect, one at least.</param>
/// <param name="Location">Where its document starts; null for an object of a cluster.</param>
/// <param name="Pod">The pod as it is in the cluster; null for what comes from elsewhere, and for a workload.</param>
internal sealed record DiagnosisSubject(PodTemplate Template, IReadOnlyList<PodInjection> Injections, SourceLocation? Location, Pod? Pod)
{
    public static DiagnosisSubject Of(Pod pod, InjectionOptions options) =>
        new(pod.Template, PodInjectionReader.ReadAll(pod.Template, options), null, pod);

    public static DiagnosisSubject Of(PodTemplate template, InjectionOptions options) =>
        new(template, PodInjectionReader.ReadAll(template, options), null, null);

    public static DiagnosisSubject Of(ManifestPodTemplate template, InjectionOptions options) =>
        new(template.Template, template.ReadInjections(options), template.Location, null);
}
