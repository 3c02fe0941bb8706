namespace KubeInject.Annotations;

/// <summary>Enumerates the annotations of a pod without allocations.</summary>
internal static class AnnotationMap
{
    /// <summary>
    /// Returns the annotations as a dictionary, whose enumerator is not allocated on the heap. Usually they already are a
    /// dictionary. Several checks enumerate the annotations of every pod.
    /// </summary>
    public static Dictionary<string, string> Pairs(this IReadOnlyDictionary<string, string> annotations) =>
        annotations as Dictionary<string, string> ?? new Dictionary<string, string>(annotations, StringComparer.Ordinal);
}
