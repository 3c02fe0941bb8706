using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>Checks for keys whose prefix has one or two wrong letters.</summary>
internal static class PrefixChecks
{
    /// <summary>The maximum number of wrong letters. No other known prefix is that similar.</summary>
    public const int Limit = 2;

    private static readonly string Domain = InjectionAnnotation.Prefix[..^1];

    /// <summary>Reports misspelled prefixes.</summary>
    /// <returns>Whether there is such a key.</returns>
    public static bool Report(PodTemplate pod, FindingList findings)
    {
        var found = false;
        foreach (var (key, _) in pod.Annotations.Pairs())
        {
            if (!IsMisspelled(key))
                continue;
            found = true;
            var right = Corrected(key);
            Report(key, right, pod.Annotations.ContainsKey(right) ? null : Fixes.Rename(key, right), isOnWorkload: false, findings);
        }

        foreach (var (key, _) in pod.WorkloadAnnotations.Pairs())
        {
            if (!IsMisspelled(key))
                continue;
            found = true;
            var right = Corrected(key);
            var isThere = pod.Annotations.ContainsKey(right) || pod.Annotations.ContainsKey(key) || pod.WorkloadAnnotations.ContainsKey(right);
            Report(key, right, isThere || !MetadataChecks.MayMove(right) ? null : Moved(key, right), isOnWorkload: true, findings);
        }

        return found;
    }

    private static Fix Moved(string key, string right) => new(
        $"Move {Redaction.Key(key)} to the pod template as {Redaction.Key(right)}.",
        [new MoveMetadata(MetadataField.Annotation, key), new RenameMetadata(MetadataField.Annotation, key, right)]);

    private static void Report(string key, string right, Fix? fix, bool isOnWorkload, FindingList findings) => findings.Add(
        FindingSeverity.Error,
        FindingCode.MisspelledPrefix,
        key,
        $"Annotation {Redaction.Key(key)} has a misspelled prefix, so no injector reads it.",
        $"Rename it to {Redaction.Key(right)}.",
        fix,
        isOnWorkload);

    private static string Corrected(string key) => InjectionAnnotation.Prefix + key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>Returns whether the prefix of a key has one or two wrong letters.</summary>
    public static bool IsMisspelled(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash >= Domain.Length - Limit && slash <= Domain.Length + Limit
            && !InjectionAnnotation.IsInjectionKey(key)
            && SpellingSuggester.Distance(key.AsSpan(0, slash), Domain, Limit) <= Limit;
    }
}
