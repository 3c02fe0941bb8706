namespace KubeInject.Annotations;

/// <summary>Creates fixes for one annotation. Titles contain no values, which might contain passwords.</summary>
internal static class Fixes
{
    public static Fix Set(string key, string value) =>
        new($"Set {Redaction.Key(key)}.", [new SetMetadata(MetadataField.Annotation, key, value)]);

    public static Fix Remove(string key) =>
        new($"Remove {Redaction.Key(key)}.", [new RemoveMetadata(MetadataField.Annotation, key)]);

    public static Fix Rename(string key, string newKey) =>
        new($"Rename {Redaction.Key(key)} to {Redaction.Key(newKey)}.", [new RenameMetadata(MetadataField.Annotation, key, newKey)]);
}
