using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>Converts annotations of other injectors to annotations of the Vault database-credential injector.</summary>
public static class DialectConverter
{
    /// <summary>
    /// Converts the annotations of a pod. Invalid annotations never cause an exception. The annotations of secrets that only
    /// the other injector supports, for example KV secrets, are kept.
    /// </summary>
    /// <param name="injection">The injection, as <see cref="PodInjectionReader.ReadAll(PodTemplate, InjectionOptions)"/> returns it.</param>
    /// <param name="options">The label key and the default mount path.</param>
    /// <returns>The changes, and what could not be converted. No changes if the injection already has the target dialect.</returns>
    public static DialectConversion Convert(PodInjection injection, InjectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(injection);
        ArgumentNullException.ThrowIfNull(options);
        if (injection.Dialect == InjectionDialect.VaultDbInjector)
            return new DialectConversion([], []);

        var pod = injection.Pod;
        var own = PodInjectionReader.Read(pod, options);
        if (injection.State == InjectionState.Injected || own.State == InjectionState.Injected)
            return new DialectConversion([], ["The pod is already injected: convert its manifest or workload."]);
        if (own.State == InjectionState.Ignored)
            return new DialectConversion([], ["The pod has annotations of version 1, so every injector ignores it: remove these annotations first."]);

        var reading = DialectReader.Read(pod, injection.Dialect, new FindingList(pod));
        var carried = new DialectConversionResult(own, reading.Databases, options);
        var left = carried.Left.Concat(reading.Rest).ToList();
        if (carried.Databases.Count == 0)
            return new DialectConversion([], left);

        // A word of the other injector's stays as long as there is something that only that injector does.
        var isWhole = reading.Rest.Count == 0 && carried.HasAll;
        var removed = isWhole
            ? pod.Annotations.Keys.Where(key => DialectKey.Of(key) == injection.Dialect)
            : carried.From.SelectMany(database => database.Keys);
        if (isWhole && reading.Settings.Count > 0)
            left.Add($"KubeInject logs in to Vault itself, so these settings have no equivalent: {string.Join(", ", reading.Settings.Select(Redaction.Key))}.");
        return new DialectConversion(
            [
                new SetMetadata(MetadataField.Label, options.LabelKey, "true"),
                .. Annotations(pod, carried, options).Select(pair => new SetMetadata(MetadataField.Annotation, pair.Key, pair.Value)),
                .. removed.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(key => new RemoveMetadata(MetadataField.Annotation, key)),
            ],
            left);
    }

    private static IEnumerable<KeyValuePair<string, string>> Annotations(PodTemplate pod, DialectConversionResult carried, InjectionOptions options)
    {
        var written = PodInjectionWriter.Write(
            new PodInjection { Pod = pod, State = InjectionState.Pending, Databases = carried.Databases }, options);

        // The mount is not written where it is the operator's; what stands there without a database would count instead.
        return carried.Mount == options.DefaultMount && pod.Annotations.ContainsKey(InjectionAnnotation.Cluster)
            ? written.Prepend(new(InjectionAnnotation.Cluster, carried.Mount))
            : written;
    }
}
