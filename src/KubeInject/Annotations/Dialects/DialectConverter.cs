using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>Converts annotations of other injectors to annotations of the Vault database-credential injector.</summary>
internal static class DialectConverter
{
    /// <summary>
    /// Converts the annotations of a pod. Invalid annotations never cause an exception. The annotations of secrets that only
    /// the other injector supports, for example KV secrets, are kept.
    /// </summary>
    /// <param name="injection">The injection, as <see cref="PodInjections.ReadAll(PodTemplate, InjectionOptions)"/> returns it.</param>
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

        var parsed = DialectReader.Read(pod, injection.Dialect, new FindingList(pod));
        var converted = new DialectConversionResult(own, parsed.Databases, options);
        var left = converted.Left.Concat(parsed.Rest).ToList();
        if (converted.Databases.Count == 0)
            return new DialectConversion([], left);

        // The other annotations are kept as long as a function of the other injector is still required.
        var isWhole = parsed.Rest.Count == 0 && converted.HasAll;
        var removed = isWhole
            ? pod.Annotations.Keys.Where(key => DialectKey.Of(key) == injection.Dialect)
            : converted.From.SelectMany(database => database.Keys);
        if (isWhole && parsed.Settings.Count > 0)
            left.Add($"KubeInject logs in to Vault itself, so these settings have no equivalent: {string.Join(", ", parsed.Settings.Select(Redaction.Key))}.");
        return new DialectConversion(
            [
                new SetMetadata(MetadataField.Label, options.LabelFor(pod.Labels), "true"),
                .. Annotations(pod, converted, options).Select(pair => new SetMetadata(MetadataField.Annotation, pair.Key, pair.Value)),
                .. removed.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(key => new RemoveMetadata(MetadataField.Annotation, key)),
            ],
            left);
    }

    private static IEnumerable<KeyValuePair<string, string>> Annotations(PodTemplate pod, DialectConversionResult converted, InjectionOptions options)
    {
        var written = PodInjectionWriter.Write(
            new PodInjection { Pod = pod, State = InjectionState.Pending, Databases = converted.Databases }, options);

        // The default mount is not written, but an existing annotation with another mount has to be replaced.
        return converted.Mount == options.DefaultMount && pod.Annotations.ContainsKey(InjectionAnnotation.Cluster)
            ? written.Prepend(new(InjectionAnnotation.Cluster, converted.Mount))
            : written;
    }
}
