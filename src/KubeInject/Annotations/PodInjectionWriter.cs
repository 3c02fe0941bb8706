namespace KubeInject.Annotations;

/// <summary>Writes a <see cref="PodInjection"/> as annotations.</summary>
internal static class PodInjectionWriter
{
    /// <summary>
    /// Returns the annotations of an injection: a role for each database, and all settings that differ from the default.
    /// <see cref="PodInjectionReader.Read"/> with the same options reads the same databases and state from them.
    /// </summary>
    /// <param name="injection">The injection. For an ignored pod, only the annotations of version 1 are written.</param>
    /// <param name="options">The label key and the default mount path. The default mount path is not written.</param>
    /// <returns>The annotations, in ordinal order of their keys.</returns>
    /// <exception cref="ArgumentException">
    /// The databases have different mounts, or the name of a database is not valid in a key.
    /// </exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Write(PodInjection injection, InjectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(injection);
        ArgumentNullException.ThrowIfNull(options);
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (injection.State == InjectionState.Ignored)
            AddLeftovers(injection, annotations);
        if (Mount(injection.Databases) is { } mount && mount != options.DefaultMount)
            annotations.Add(InjectionAnnotation.Cluster, mount);
        foreach (var database in injection.Databases)
            Add(database, annotations);
        if (injection.State == InjectionState.Injected)
            annotations.Add(InjectionAnnotation.Uuid, Uuids(injection));
        return [.. annotations];
    }

    private static void AddLeftovers(PodInjection injection, SortedDictionary<string, string> annotations)
    {
        foreach (var (key, value) in injection.Pod.Annotations)
        {
            if (InjectionAnnotation.IsLeftover(key))
                annotations.Add(key, value);
        }
    }

    // The order of the databases assigns the UUIDs, so the databases are sorted here.
    private static string Uuids(PodInjection injection) => string.Join(
        ',',
        (injection with { Databases = [.. injection.Databases.OrderBy(database => database.Name, StringComparer.Ordinal)] }).Uuids);

    private static string? Mount(IReadOnlyList<DatabaseInjection> databases)
    {
        var mounts = databases.Select(database => database.Mount).Distinct(StringComparer.Ordinal).ToList();
        return mounts.Count <= 1
            ? mounts.FirstOrDefault()
            : throw new ArgumentException($"The databases of a pod must have the same mount, but these have {string.Join(", ", mounts)}.", nameof(databases));
    }

    private static void Add(DatabaseInjection database, SortedDictionary<string, string> annotations)
    {
        var key = InjectionAnnotation.ForDatabase(database.Name, DatabaseSetting.Role);
        if (database.Name.Length == 0 || database.Name.Contains('.', StringComparison.Ordinal) || InjectionAnnotation.IsLeftover(key))
            throw new ArgumentException($"The database name '{database.Name}' is not valid in an annotation.", nameof(database));
        AddSetting(DatabaseSetting.Role, database.Role);
        if (database.Mode == InjectionMode.Uri)
        {
            AddSetting(DatabaseSetting.Mode, "uri");
            AddSetting(DatabaseSetting.UriVariables, string.Join(',', database.UriVariables));
            AddSetting(DatabaseSetting.Template, database.Template);
        }
        else
        {
            AddVariables(DatabaseSetting.UsernameVariables, database.UsernameVariables, DatabaseInjection.DefaultUsernameVariable);
            AddVariables(DatabaseSetting.PasswordVariables, database.PasswordVariables, DatabaseInjection.DefaultPasswordVariable);
        }

        void AddVariables(string setting, IReadOnlyList<string> variables, string byDefault)
        {
            if (variables is not [var only] || only != byDefault)
                AddSetting(setting, string.Join(',', variables));
        }

        void AddSetting(string setting, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                annotations.Add(InjectionAnnotation.ForDatabase(database.Name, setting), value);
        }
    }
}
