using KubeInject.Annotations;

namespace KubeInject.Injection.Annotating;

/// <summary>Removes injection annotations.</summary>
/// <param name="database">The database. Null removes all databases and all other keys with the prefix. Default: null.</param>
internal sealed class AnnotationRemoval(string? database = null) : AnnotationTask
{
    internal override AnnotationStep Next(IReadOnlyList<PodInjection> injections, InjectionOptions options, int round)
    {
        var own = injections.FirstOrDefault(injection => injection.Dialect == InjectionDialect.VaultDbInjector);
        if (own is null || round > 0)
            return AnnotationStep.Empty;

        var keys = own.Pod.Annotations.Keys.Where(InjectionAnnotation.IsInjectionKey).Order(StringComparer.Ordinal).ToList();
        var ofDatabase = database is null ? [] : keys.FindAll(key => key.StartsWith(InjectionAnnotation.ForDatabase(database, ""), StringComparison.Ordinal));
        if (database is not null && ofDatabase.Count == 0)
            return AnnotationStep.Empty;

        var others = own.Databases.Where(other => database is not null && other.Name != database).ToList();
        if (others.Count == 0)
        {
            IEnumerable<MetadataChange> all = keys.Select(key => new RemoveMetadata(MetadataField.Annotation, key));
            return AnnotationStep.Of(all.Append(new RemoveMetadata(MetadataField.Label, options.LabelFor(own.Pod.Labels))), Leases(own, own.Uuids));
        }

        // The list has the order of the databases, so the UUID of the removed database has to be removed from it.
        var changes = ofDatabase.Select(key => (MetadataChange)new RemoveMetadata(MetadataField.Annotation, key)).ToList();
        if (own.Databases.FirstOrDefault(removed => removed.Name == database)?.Uuid is not { } uuid)
            return AnnotationStep.Of(changes);
        if (own.Pod.Annotations.ContainsKey(InjectionAnnotation.Uuid))
            changes.Add(new SetMetadata(MetadataField.Annotation, InjectionAnnotation.Uuid, string.Join(',', own.Uuids.Where(other => other != uuid))));
        return AnnotationStep.Of(changes, Leases(own, [uuid]));
    }

    private static string[] Leases(PodInjection injection, IEnumerable<string> uuids) => [.. uuids.Select(uuid =>
        $"{injection.Pod.Object}: Credentials were issued for it, and their lease {uuid} is kept until the next sweep. Remove the injected variables from the containers, too.")];
}
