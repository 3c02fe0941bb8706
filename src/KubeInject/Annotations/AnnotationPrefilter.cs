using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>
/// Tells pods that say nothing of any injection, as most pods of most clusters do: one look at each key, and nothing is
/// allocated.
/// </summary>
internal static class AnnotationPrefilter
{
    /// <summary>Whether there is nothing in a pod's metadata to read, and nothing to say about it.</summary>
    public static bool Includes(PodTemplate pod, InjectionOptions options) =>
        pod.NonStringKeys.Count == 0
        && pod.WorkloadNonStringKeys.Count == 0
        && !pod.Labels.ContainsKey(options.LabelKey)
        && !HasWords(pod.Annotations)
        && !HasWords(pod.WorkloadAnnotations);

    /// <summary>Whether variables of its containers ask for something by their values.</summary>
    public static bool HasReferences(PodTemplate pod)
    {
        for (var i = 0; i < pod.Containers.Count; i++)
        {
            if (pod.Containers[i].VaultVariables.Count > 0)
                return true;
        }

        return false;
    }

    private static bool HasWords(IReadOnlyDictionary<string, string> annotations)
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
