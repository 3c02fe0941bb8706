namespace KubeInject.Annotations;

/// <summary>The annotations of a pod, to go through.</summary>
internal static class AnnotationMap
{
    /// <summary>
    /// The annotations as a class whose enumerator is none of the heap's. Nearly all are one already, and several checks go
    /// through those of every pod.
    /// </summary>
    public static Dictionary<string, string> Pairs(this IReadOnlyDictionary<string, string> annotations) =>
        annotations as Dictionary<string, string> ?? new Dictionary<string, string>(annotations, StringComparer.Ordinal);
}
