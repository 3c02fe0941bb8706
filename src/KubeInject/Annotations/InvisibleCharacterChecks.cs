using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>Checks the label and the annotations for characters that are invisible or look like a space or a quotation mark.</summary>
internal static class InvisibleCharacterChecks
{
    public static void Report(PodTemplate pod, InjectionOptions options, FindingList findings)
    {
        foreach (var (key, value) in pod.Annotations.Pairs())
            Report("annotation", key, value, InjectionAnnotation.IsInjectionKey, findings);
        foreach (var (key, value) in pod.Labels.Pairs())
            Report("label", key, value, label => label == options.LabelKey, findings);
    }

    private static void Report(string what, string key, string value, Func<string, bool> isMeant, FindingList findings)
    {
        var at = InvisibleCharacter.Find(key);
        if (at >= 0 && isMeant(InvisibleCharacter.Remove(key)))
            Add(what, key, key, at, $"The key of {what}", findings);
        if (isMeant(key) && InvisibleCharacter.Find(value) is var found && found >= 0)
            Add(what, key, value, found, $"The value of {what}", findings);
    }

    private static void Add(string what, string key, string text, int at, string subject, FindingList findings) => findings.Error(
        FindingCode.InvisibleCharacter,
        key,
        $"{subject} {Redaction.Key(key)} contains the character {InvisibleCharacter.Describe(text, at)} in column {at + 1}.",
        $"Type the {(text == key ? "key" : "value")} of the {what} again, because the character might have been copied from a document.");
}
