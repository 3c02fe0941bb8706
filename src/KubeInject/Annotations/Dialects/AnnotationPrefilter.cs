using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>
/// Finds pods without injection annotations, which are most pods of a cluster. It checks each key once and allocates
/// nothing.
/// </summary>
internal static class AnnotationPrefilter
{
    /// <summary>Returns whether a pod's metadata has nothing to read and nothing to report.</summary>
    public static bool Includes(PodTemplate pod, InjectionOptions options) =>
        pod.NonStringKeys.Count == 0
        && pod.MisplacedKeys.Count == 0
        && pod.WorkloadNonStringKeys.Count == 0
        && !pod.Labels.ContainsKey(options.LabelKey)
        && options.OtherLabelOf(pod.Labels) is null
        && !HasInjectorKeys(pod.Annotations)
        && !HasInjectorKeys(pod.WorkloadAnnotations);

    /// <summary>Returns whether variables of the containers have references to Vault.</summary>
    public static bool HasReferences(PodTemplate pod)
    {
        for (var i = 0; i < pod.Containers.Count; i++)
        {
            if (pod.Containers[i].VaultVariables.Count > 0)
                return true;
        }

        return false;
    }

    /// <summary>Returns whether annotations have the key of an injector, or a similar key.</summary>
    public static bool HasInjectorKeys(IReadOnlyDictionary<string, string> annotations)
    {
        if (annotations.Count == 0)
            return false;
        foreach (var (key, _) in annotations.Pairs())
        {
            if (DialectKey.IsOrResembles(key))
                return true;
        }

        return false;
    }
}
