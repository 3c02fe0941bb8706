using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>Checks whether the label and the annotations are in the metadata that an injector reads.</summary>
internal static class MetadataChecks
{
    /// <summary>The value of the label with which the in-cluster injector selects a pod.</summary>
    public const string LabelValue = "true";

    private const string Consequence =
        "so the in-cluster injector does not select the pod, but KubeInject still injects it";

    /// <summary>Checks a pod without injection annotations for signs that it should have some.</summary>
    public static void ReportWithoutAnnotations(PodTemplate pod, InjectionOptions options, bool hasMisspelled, FindingList findings)
    {
        if (ReportAnnotationsOnWorkload(pod, FindingSeverity.Error, findings) || hasMisspelled)
            ReportLabel(pod, options, findings);
        else if (options.LabelFor(pod.Labels) is var key && pod.Labels.TryGetValue(key, out var value) && value == LabelValue)
            ReportLabelWithoutDatabase(key, findings);
    }

    /// <summary>Checks a pod with injection annotations that request no database.</summary>
    public static void ReportWithoutDatabase(PodTemplate pod, InjectionOptions options, InjectionKeys keys, FindingList findings)
    {
        if (keys.Databases.Count == 0 && !keys.Has(InjectionAnnotation.Cluster) && !keys.Has(InjectionAnnotation.Role)
            && options.LabelFor(pod.Labels) is var key && pod.Labels.TryGetValue(key, out var value) && value == LabelValue)
            ReportLabelWithoutDatabase(key, findings);
    }

    private static void ReportLabelWithoutDatabase(string key, FindingList findings) => findings.Refused(
        FindingCode.LabelWithoutAnnotations,
        key,
        $"The pod has the label {Redaction.Key(key)}, but requests no database, so the in-cluster injector refuses it.",
        $"Request a database with '{InjectionAnnotation.ForDatabase("<db>", DatabaseSetting.Role)}', or remove the label.");

    /// <summary>Checks a pod with injection annotations.</summary>
    public static void Report(PodTemplate pod, InjectionOptions options, FindingList findings)
    {
        ReportAnnotationsOnWorkload(pod, FindingSeverity.Warning, findings);
        ReportLabel(pod, options, findings);
    }

    /// <summary>Reports annotations and labels at positions where no injector reads them.</summary>
    public static void ReportMisplaced(PodTemplate pod, FindingList findings)
    {
        foreach (var (path, keys) in pod.MisplacedKeys)
        {
            var isLabel = !keys.Any(InjectionAnnotation.IsInjectionKey);
            var (kind, place) = (pod.Object.Kind, path.Length == 0 ? "at the top level" : $"below '{Redaction.OneLine(path)}'");
            findings.Add(
                FindingSeverity.Warning,
                FindingCode.MisplacedKey,
                keys[0],
                $"No injector reads {(isLabel ? "the label" : "the annotations")} {place}{(pod.HasTemplate ? "" : kind.Length == 0 ? " of a document without a kind" : $" of the {kind}, which has no pod template")}: {string.Join(", ", keys.Select(Redaction.Key))}.",
                pod.HasTemplate ? $"Move {(isLabel ? "it" : "them")} to {PodMetadata(pod)}.{(isLabel ? "labels" : "annotations")}."
                : kind.Length == 0 ? "If this is a patch or a values file, apply or render it first (kubectl patch, kubectl kustomize, helm template), and inject the result."
                : $"Move them to the metadata of a pod template, or, if the {kind} becomes a workload with these annotations, inject that workload.",
                path: path);
        }
    }

    private static bool ReportAnnotationsOnWorkload(PodTemplate pod, FindingSeverity severity, FindingList findings)
    {
        if (pod.WorkloadAnnotations.Count == 0)
            return false;
        var keys = pod.WorkloadAnnotations.Keys.Where(InjectionAnnotation.IsInjectionKey).Order(StringComparer.Ordinal).ToList();
        if (keys.Count == 0)
            return false;
        findings.Add(
            severity,
            FindingCode.AnnotationsOnWorkload,
            keys[0],
            $"No injector reads these annotations in the metadata of {WorkloadOf(pod)}: {string.Join(", ", keys.Select(Redaction.Key))}.",
            $"Move the annotations to {PodMetadata(pod)}.annotations.",
            MoveAnnotations(pod, keys),
            isOnWorkload: true);
        return true;
    }

    /// <summary>Returns whether an annotation of the workload can be moved to its pods. Annotations that an injector writes cannot.</summary>
    public static bool MayMove(string key) =>
        !InjectionAnnotation.IsLeftover(key) && key != InjectionAnnotation.Uuid && !key.EndsWith("." + DatabaseSetting.LegacyUuid, StringComparison.Ordinal);

    /// <summary>Returns whether a label's value is a synonym of true.</summary>
    public static bool MeansTrue(string value) => value.Trim().ToUpperInvariant() is "TRUE" or "YES" or "Y" or "ON" or "1" or "ENABLED";

    private static Fix? MoveAnnotations(PodTemplate pod, List<string> keys)
    {
        MetadataChange[] moves = [.. keys.Where(key => MayMove(key) && !pod.Annotations.ContainsKey(key)).Select(key => new MoveMetadata(MetadataField.Annotation, key))];
        return moves.Length == 0 ? null : new Fix("Move the annotations to the pod template.", moves);
    }

    private static void ReportLabel(PodTemplate pod, InjectionOptions options, FindingList findings)
    {
        var key = options.LabelFor(pod.Labels);
        if (options.IsLabelSpecified && options.OtherLabelOf(pod.Labels) is { } other)
        {
            // There is no fix, because with both labels, both injectors would act on the pod.
            findings.Warning(
                FindingCode.MissingLabel,
                key,
                $"The pod does not have the label {Redaction.Key(key)}, but the label {Redaction.Key(other)} of another installed injector, which acts on the pod.",
                $"Rename the label to {Redaction.Key(key)} if the pod is meant for that injector; otherwise, specify {Redaction.Key(other)} as the label.");
        }
        else if (pod.Labels.TryGetValue(key, out var value))
        {
            if (value != LabelValue)
                findings.Warning(
                    FindingCode.LabelNotTrue,
                    key,
                    $"The pod's label {Redaction.Key(key)} is not \"{LabelValue}\", {Consequence}.",
                    $"Set it to \"{LabelValue}\", and use quotes in YAML.",
                    // A label in the selector of the workload cannot be changed only in the pod template.
                    MeansTrue(value) && !pod.SelectorKeys.Contains(key) ? SetLabel(key) : null);
        }
        else if (pod.WorkloadLabels.TryGetValue(key, out var onWorkload))
            ReportMissingLabel(
                pod, key, $"Move the label from the metadata of the {pod.Object.Kind} to {PodMetadata(pod)}.labels.", MoveLabel(pod, key, onWorkload), findings);
        else if (Misspelled(pod, key) is { } misspelled)
            findings.Warning(
                FindingCode.MisspelledLabel,
                misspelled,
                $"The pod has the label {Redaction.Key(misspelled)} instead of {Redaction.Key(key)}, {Consequence}.",
                $"Rename it to {Redaction.Key(key)}, and set its value to \"{LabelValue}\".",
                RenameLabel(pod, misspelled, key));
        else
            ReportMissingLabel(pod, key, $"Add it with the value \"{LabelValue}\" to {PodMetadata(pod)}.labels.", SetLabel(key), findings);
    }

    private static void ReportMissingLabel(PodTemplate pod, string key, string suggestion, Fix? fix, FindingList findings) =>
        findings.Warning(FindingCode.MissingLabel, key, $"The pod does not have the label {Redaction.Key(key)}, {Consequence}.", suggestion, fix);

    private static Fix SetLabel(string key) =>
        new($"Set the label {Redaction.Key(key)} to \"{LabelValue}\".", [new SetMetadata(MetadataField.Label, key, LabelValue)]);

    private static Fix? MoveLabel(PodTemplate pod, string key, string value) => !MeansTrue(value) ? null : new Fix(
        $"Move the label {Redaction.Key(key)} to the pod template.",
        value == LabelValue && !pod.WorkloadNonStringKeys.Contains(key)
            ? [new MoveMetadata(MetadataField.Label, key)]
            : [new MoveMetadata(MetadataField.Label, key), new SetMetadata(MetadataField.Label, key, LabelValue)]);

    private static Fix? RenameLabel(PodTemplate pod, string misspelled, string key) =>
        !MeansTrue(pod.Labels[misspelled]) ? null
        : pod.SelectorKeys.Contains(misspelled) ? SetLabel(key)
        : new Fix(
            $"Rename the label {Redaction.Key(misspelled)} to {Redaction.Key(key)}.",
            [new RenameMetadata(MetadataField.Label, misspelled, key), new SetMetadata(MetadataField.Label, key, LabelValue)]);

    // For a short key, too many other keys are similar.
    private static string? Misspelled(PodTemplate pod, string key)
    {
        var limit = Math.Min(2, key.Length / 4);
        return pod.Labels.Keys
            .Where(label => SpellingSuggester.Distance(label, key, limit) <= limit)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
    }

    /// <summary>Returns the workload as messages name it.</summary>
    public static string WorkloadOf(PodTemplate pod) => pod.Object.Name.Length == 0 ? $"the {pod.Object.Kind}" : $"{pod.Object}";

    /// <summary>Returns the path of the pod's metadata in the document of its object.</summary>
    public static string PodMetadata(PodTemplate pod) => pod.MetadataPath != "metadata" ? pod.MetadataPath : pod.Object.Kind switch
    {
        "Pod" => "metadata",
        "PodTemplate" => "template.metadata",
        "CronJob" => "spec.jobTemplate.spec.template.metadata",
        _ => "spec.template.metadata",
    };
}
