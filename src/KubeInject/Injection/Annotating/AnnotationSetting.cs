using KubeInject.Annotations;

namespace KubeInject.Injection.Annotating;

/// <summary>Writes the annotations of a database, and the label.</summary>
/// <param name="annotations">The settings of the database.</param>
internal sealed class AnnotationSetting(DatabaseAnnotations annotations) : AnnotationTask
{
    internal override AnnotationStep Next(IReadOnlyList<PodInjection> injections, InjectionOptions options, int round)
    {
        if (round > 0)
            return AnnotationStep.Empty;
        var pod = injections[0].Pod;
        var mode = annotations.Mode
            ?? (annotations.Template is not null || annotations.UriVariables is not null ? InjectionMode.Uri
                : Database(injections)?.Mode ?? InjectionMode.Classic);
        var changes = new List<MetadataChange> { new SetMetadata(MetadataField.Label, options.LabelFor(pod.Labels), "true") };
        Set(InjectionAnnotation.Cluster, annotations.Mount);
        Set(Key(DatabaseSetting.Role), annotations.Role);
        if (mode == InjectionMode.Uri)
        {
            Set(Key(DatabaseSetting.Mode), "uri");
            Set(Key(DatabaseSetting.UriVariables), List(annotations.UriVariables));
            Set(Key(DatabaseSetting.Template), annotations.Template);
            Remove(DatabaseSetting.UsernameVariables, DatabaseSetting.PasswordVariables);
        }
        else
        {
            SetVariables(DatabaseSetting.UsernameVariables, annotations.UsernameVariables, DatabaseInjection.DefaultUsernameVariable);
            SetVariables(DatabaseSetting.PasswordVariables, annotations.PasswordVariables, DatabaseInjection.DefaultPasswordVariable);
            Remove(DatabaseSetting.Mode, DatabaseSetting.UriVariables, DatabaseSetting.Template);
        }

        return AnnotationStep.Of(changes);

        void Set(string key, string? value)
        {
            if (value is not null)
                changes.Add(new SetMetadata(MetadataField.Annotation, key, value));
        }

        // The in-cluster injector has no default for these variables, although its manual describes one.
        void SetVariables(string setting, IReadOnlyList<string>? variables, string byDefault) =>
            Set(Key(setting), List(variables) ?? (pod.Annotations.ContainsKey(Key(setting)) ? null : byDefault));

        void Remove(params IReadOnlyList<string> settings) =>
            changes.AddRange(settings.Select(setting => new RemoveMetadata(MetadataField.Annotation, Key(setting))));
    }

    /// <summary>Returns a new error, or an error of this database.</summary>
    internal override Finding? Refuse(IReadOnlyList<Finding> before, IReadOnlyList<Finding> after) => after.FirstOrDefault(finding =>
        finding.Severity == FindingSeverity.Error
        && (finding.Key?.StartsWith(Key(""), StringComparison.Ordinal) == true || !before.Any(other => (other.Code, other.Key) == (finding.Code, finding.Key))));

    private DatabaseInjection? Database(IReadOnlyList<PodInjection> injections) => injections
        .Where(injection => injection.Dialect == InjectionDialect.VaultDbInjector)
        .SelectMany(injection => injection.Databases)
        .FirstOrDefault(database => database.Name == annotations.Database);

    private string Key(string setting) => InjectionAnnotation.ForDatabase(annotations.Database, setting);

    private static string? List(IReadOnlyList<string>? variables) => variables is null ? null : string.Join(',', variables);
}
