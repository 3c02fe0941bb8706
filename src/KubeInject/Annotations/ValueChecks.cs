using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>Checks the types and the whitespace of values.</summary>
internal static class ValueChecks
{
    /// <summary>Reports a label and annotations whose values are not strings in the manifest.</summary>
    public static void Report(PodTemplate pod, InjectionOptions options, FindingList findings)
    {
        foreach (var key in pod.NonStringKeys)
        {
            if (FieldOf(key, options) is { } field)
                Report(key, field, Quote(pod, field, key), isOnWorkload: false, findings);
        }

        foreach (var key in pod.WorkloadNonStringKeys)
        {
            if (FieldOf(key, options) is { } field)
                Report(key, field, Move(pod, field, key), isOnWorkload: true, findings);
        }
    }

    /// <summary>Checks a role for whitespace.</summary>
    public static void ReportRole(string key, string value, FindingList findings)
    {
        var role = value.Trim();
        if (HasBlank(role))
            findings.Error(
                FindingCode.WhitespaceInRole,
                key,
                $"Annotation {Redaction.Key(key)} contains the role {Redaction.Value(role)}, but the name of a role cannot contain whitespace.",
                "Specify exactly one role, without whitespace.");
        else if (role.Length > 0 && role.Length < value.Length)
            findings.Refused(
                FindingCode.WhitespaceInRole,
                key,
                $"Annotation {Redaction.Key(key)} has whitespace before or after the role {Redaction.Value(role)}, which the in-cluster injector treats as part of the name.",
                "Remove the whitespace.",
                Fixes.Set(key, role));
    }

    /// <summary>Reports whitespace before or after a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The unchanged value. Null if the annotation is missing.</param>
    /// <param name="findings">The list for new findings.</param>
    public static void ReportSurroundingWhitespace(string key, string? value, FindingList findings)
    {
        if (value is null || value.Trim() is not { } trimmed || trimmed.Length == value.Length)
            return;
        findings.Refused(
            FindingCode.SurroundingWhitespace,
            key,
            SurroundingWhitespaceMessage(key),
            "Remove the whitespace.",
            trimmed.Length == 0 ? Fixes.Remove(key) : Fixes.Set(key, trimmed));
    }

    public static string SurroundingWhitespaceMessage(string key) =>
        $"Annotation {Redaction.Key(key)} has whitespace before or after a value, which KubeInject ignores, but which the in-cluster injector treats as part of the value.";

    private static bool HasBlank(string text)
    {
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character))
                return true;
        }

        return false;
    }

    private static MetadataField? FieldOf(string key, InjectionOptions options) =>
        key == options.LabelKey ? MetadataField.Label : InjectionAnnotation.IsInjectionKey(key) ? MetadataField.Annotation : null;

    private static void Report(string key, MetadataField field, Fix? fix, bool isOnWorkload, FindingList findings) => findings.Add(
        FindingSeverity.Error,
        FindingCode.ValueNotString,
        key,
        $"The value of {(field == MetadataField.Label ? "label" : "annotation")} {Redaction.Key(key)} is not a string, so the API server refuses the whole object.",
        "Put the value in quotes.",
        fix,
        isOnWorkload);

    // A value that is not a scalar has no text to quote.
    private static Fix? Quote(PodTemplate pod, MetadataField field, string key) => TextIn(pod.Labels, pod.Annotations, field, key) is { } text
        ? new Fix($"Put the value of {Redaction.Key(key)} in quotes.", [new SetMetadata(field, key, text)])
        : null;

    private static Fix? Move(PodTemplate pod, MetadataField field, string key) =>
        !(field == MetadataField.Label ? pod.Labels : pod.Annotations).ContainsKey(key)
        && TextIn(pod.WorkloadLabels, pod.WorkloadAnnotations, field, key) is { } text
        && MetadataChecks.MayMove(key)
            ? new Fix($"Move {Redaction.Key(key)} to the pod template, with its value in quotes.", [new MoveMetadata(field, key), new SetMetadata(field, key, text)])
            : null;

    private static string? TextIn(
        IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations, MetadataField field, string key)
    {
        if (!(field == MetadataField.Label ? labels : annotations).TryGetValue(key, out var text) || text.Length == 0)
            return null;
        return field == MetadataField.Label && MetadataChecks.MeansTrue(text) ? MetadataChecks.LabelValue : text;
    }
}
