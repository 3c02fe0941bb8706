using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>Checks the label and the annotations for characters that are invisible or look like a space or a quotation mark.</summary>
internal static class InvisibleCharacterChecks
{
    public static void Report(PodTemplate pod, InjectionOptions options, FindingList findings)
    {
        foreach (var (key, value) in pod.Annotations.Pairs())
        {
            var at = InvisibleCharacter.Find(key);
            if (InjectionAnnotation.IsInjectionKey(at < 0 ? key : InvisibleCharacter.Remove(key)))
                Report("annotation", key, value, at, findings);
        }

        foreach (var (key, value) in pod.Labels.Pairs())
        {
            var at = InvisibleCharacter.Find(key);
            if ((at < 0 ? key : InvisibleCharacter.Remove(key)) == options.LabelKey)
                Report("label", key, value, at, findings);
        }
    }

    private static void Report(string what, string key, string value, int atInKey, FindingList findings)
    {
        if (atInKey >= 0)
            Add(what, key, key, atInKey, $"The key of {what}", findings);
        if (InvisibleCharacter.Find(value) is var at && at >= 0)
            Add(what, key, value, at, $"The value of {what}", findings);
    }

    private static void Add(string what, string key, string text, int at, string subject, FindingList findings) => findings.Error(
        FindingCode.InvisibleCharacter,
        key,
        $"{subject} {Redaction.Key(key)} contains the character {InvisibleCharacter.Describe(text, at)} in column {at + 1}.",
        $"Type the {(text == key ? "key" : "value")} of the {what} again, because the character might have been copied from a document.");
}
