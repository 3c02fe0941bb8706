using KubeInject.Kubernetes;

namespace KubeInject.Annotations;

/// <summary>Checks whether label and annotations stand where an injector sees them.</summary>
internal static class MetadataChecks
{
    private const string LabelValue = "true";

    private const string Consequence =
        "without which the in-cluster injector does not see it; KubeInject injects it all the same";

    /// <summary>Of a pod without any injection annotation: whether it was meant to have some.</summary>
    public static void ReportWithoutAnnotations(PodTemplate pod, InjectionOptions options, FindingList findings)
    {
        if (ReportAnnotationsOnWorkload(pod, FindingSeverity.Error, findings))
            ReportLabel(pod, options, findings);
        else if (pod.Labels.TryGetValue(options.LabelKey, out var value) && value == LabelValue)
            findings.Warning(
                FindingCode.LabelWithoutAnnotations,
                options.LabelKey,
                $"The pod has the label {Quoted.Key(options.LabelKey)} and asks for no database.",
                $"Name a database with '{InjectionAnnotation.ForDatabase("<db>", DatabaseSetting.Role)}', or remove the label.");
    }

    /// <summary>Of a pod with injection annotations.</summary>
    public static void Report(PodTemplate pod, InjectionOptions options, FindingList findings)
    {
        ReportAnnotationsOnWorkload(pod, FindingSeverity.Warning, findings);
        ReportLabel(pod, options, findings);
    }

    private static bool ReportAnnotationsOnWorkload(PodTemplate pod, FindingSeverity severity, FindingList findings)
    {
        // Most objects have none; they shall not pay for the sorting.
        if (!pod.WorkloadAnnotations.Keys.Any(InjectionAnnotation.IsInjectionKey))
            return false;
        var keys = pod.WorkloadAnnotations.Keys.Where(InjectionAnnotation.IsInjectionKey).Order(StringComparer.Ordinal).ToList();
        findings.Add(
            severity,
            FindingCode.AnnotationsOnWorkload,
            keys[0],
            $"No injector reads what stands on the {pod.Object.Kind}'s own metadata: {string.Join(", ", keys.Select(Quoted.Key))}.",
            $"Move the annotations to {PodMetadata(pod)}.annotations.");
        return true;
    }

    private static void ReportLabel(PodTemplate pod, InjectionOptions options, FindingList findings)
    {
        if (!pod.Labels.TryGetValue(options.LabelKey, out var value))
            findings.Warning(
                FindingCode.MissingLabel,
                options.LabelKey,
                $"The pod lacks the label {Quoted.Key(options.LabelKey)}, {Consequence}.",
                pod.WorkloadLabels.ContainsKey(options.LabelKey)
                    ? $"Move the label from the {pod.Object.Kind}'s own metadata to {PodMetadata(pod)}.labels."
                    : $"Add it with the value \"{LabelValue}\" to {PodMetadata(pod)}.labels.");
        else if (value != LabelValue)
            findings.Warning(
                FindingCode.LabelNotTrue,
                options.LabelKey,
                $"The label {Quoted.Key(options.LabelKey)} of the pod is not \"{LabelValue}\", {Consequence}.",
                $"Set it to \"{LabelValue}\", in quotes where the manifest is YAML.");
    }

    /// <summary>Where the metadata of the pod stands in the document of its object.</summary>
    public static string PodMetadata(PodTemplate pod) => pod.Object.Kind switch
    {
        "Pod" => "metadata",
        "PodTemplate" => "template.metadata",
        "CronJob" => "spec.jobTemplate.spec.template.metadata",
        _ => "spec.template.metadata",
    };
}
