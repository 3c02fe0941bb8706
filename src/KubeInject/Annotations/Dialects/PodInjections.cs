using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>Reads and checks the injection annotations of pods in all dialects.</summary>
public static class PodInjections
{
    /// <summary>Reads a pod's annotations for all supported injectors.</summary>
    /// <param name="pod">The pod, or the workload with its pod template.</param>
    /// <param name="options">The label key and the default mount path.</param>
    /// <returns>
    /// One injection for each dialect that the pod uses, in the order of <see cref="InjectionDialect"/>. If the pod uses no
    /// dialect: one injection for <see cref="InjectionDialect.VaultDbInjector"/>, as <see cref="PodInjectionReader.Read"/> returns it.
    /// </returns>
    public static IReadOnlyList<PodInjection> ReadAll(PodTemplate pod, InjectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(pod);
        ArgumentNullException.ThrowIfNull(options);
        if (AnnotationPrefilter.Includes(pod, options) && !AnnotationPrefilter.HasReferences(pod))
            return [new PodInjection { Pod = pod, State = InjectionState.None }];
        var own = PodInjectionReader.Read(pod, options);
        var others = DialectReader.ReadAll(pod);
        if (others.Count == 0)
            return [own];
        return MultipleInjectorsCheck.WithFindings(own is { State: InjectionState.None, Findings: [] } ? others : [own, .. others]);
    }

    /// <summary>Reads the annotations in a pod's metadata. Containers are not checked.</summary>
    /// <param name="pod">The pod's metadata.</param>
    /// <param name="options">The label key and the default mount path.</param>
    /// <returns>The same as for <see cref="ReadAll(PodTemplate, InjectionOptions)"/>.</returns>
    public static IReadOnlyList<PodInjection> ReadAll(ObjectMetadata pod, InjectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return ReadAll(pod.ToTemplate(), options);
    }
}
