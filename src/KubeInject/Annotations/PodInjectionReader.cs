using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>Reads and checks the annotations of <see cref="InjectionDialect.VaultDbInjector"/>.</summary>
public static class PodInjectionReader
{
    /// <summary>
    /// Reads a pod's annotations. Invalid annotations never cause an exception, but are reported as findings. The result
    /// does not depend on the order of the annotations.
    /// </summary>
    /// <param name="pod">The pod, or the workload with its pod template.</param>
    /// <param name="options">The label key and the default mount path.</param>
    /// <returns>The requested databases and the findings. A pod that is <see cref="InjectionState.Ignored"/> has no databases.</returns>
    public static PodInjection Read(PodTemplate pod, InjectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(pod);
        ArgumentNullException.ThrowIfNull(options);
        var findings = new FindingList(pod);
        ValueChecks.Report(pod, options, findings);
        InvisibleCharacterChecks.Report(pod, options, findings);
        MetadataChecks.ReportMisplaced(pod, findings);
        var misspelled = PrefixChecks.Report(pod, findings);
        if (InjectionKeys.Of(pod.Annotations) is not { } keys)
        {
            MetadataChecks.ReportWithoutAnnotations(pod, options, misspelled, findings);
            return new PodInjection { Pod = pod, State = InjectionState.None, Findings = findings.Sorted() };
        }

        if (keys.Leftovers.Count > 0)
        {
            ReportLeftovers(keys, findings);
            return new PodInjection { Pod = pod, State = InjectionState.Ignored, Findings = findings.Sorted() };
        }

        keys.Report(findings);
        MetadataChecks.Report(pod, options, findings);
        MetadataChecks.ReportWithoutDatabase(pod, options, keys, findings);
        var role = keys.Text(InjectionAnnotation.Role);
        var mount = keys.Text(InjectionAnnotation.Cluster) ?? options.DefaultMount;
        var databases = new DatabaseInjection[keys.Databases.Count];
        for (var i = 0; i < databases.Length; i++)
            databases[i] = new DatabaseReader(keys.Databases[i], findings).Read(role, mount);
        var variables = VariableChecks.Requested(databases);
        VariableChecks.ReportDuplicates(variables, keys, pod.Containers, findings);
        VariableChecks.ReportUnresolved(databases, pod.Containers, findings);
        InitContainerChecks.Report(databases, pod.Containers, findings);

        var hasUuid = UuidReader.IsInjected(keys);
        var hasPlaceholders = VariableChecks.ReportPlaceholders(variables, pod.Containers, findings);
        var injected = hasPlaceholders || (hasUuid && !VariableChecks.ReportMissing(variables, keys, pod.Containers, findings));
        IReadOnlyList<string> unmatched = [];
        if (hasUuid)
            unmatched = UuidReader.Assign(keys, databases, findings);
        if (!injected)
        {
            VariableChecks.ReportReplaced(variables, pod.Containers, findings);
            VariableChecks.ReportShadowed(variables, pod.Containers, findings);
        }

        return new PodInjection
        {
            Pod = pod,
            State = injected ? InjectionState.Injected : InjectionState.Pending,
            Databases = databases,
            UnmatchedUuids = unmatched,
            HasPlaceholders = hasPlaceholders,
            Findings = findings.Sorted(),
        };
    }

    private static void ReportLeftovers(InjectionKeys keys, FindingList findings)
    {
        foreach (var key in keys.Leftovers)
            findings.Warning(
                FindingCode.VersionOneAnnotation,
                key,
                $"Annotation {Redaction.Key(key)} is from version 1, so every injector ignores the pod.",
                $"Remove it, and request databases with '{InjectionAnnotation.ForDatabase("<db>", DatabaseSetting.Role)}'.",
                keys.Databases.Count > 0 ? Fixes.Remove(key) : null);
    }
}
