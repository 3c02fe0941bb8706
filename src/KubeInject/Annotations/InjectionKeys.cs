namespace KubeInject.Annotations;

/// <summary>The injection annotations of a pod, grouped by database.</summary>
internal sealed class InjectionKeys
{
    private static readonly string[] KnownNames =
    [
        "cluster", "role", "uuid", "mode",
        DatabaseSetting.UsernameVariables, DatabaseSetting.PasswordVariables, DatabaseSetting.UriVariables, DatabaseSetting.Template,
    ];

    private readonly Dictionary<string, string> podWide = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DatabaseKeys> byName = new(StringComparer.Ordinal);
    private readonly List<(string Key, string Value)> unknown = [];
    private readonly List<string> nameless = [];
    private readonly List<string> leftovers = [];
    private DatabaseKeys[] databases = [];
    private DatabaseKeys? latest;

    private InjectionKeys()
    {
    }

    /// <summary>
    /// The annotations of each database, in ordinal order of the database names. The order of the keys would differ:
    /// <c>a-b.role</c> precedes <c>a.role</c>.
    /// </summary>
    public IReadOnlyList<DatabaseKeys> Databases => databases;

    /// <summary>The only database of the pod. Null if the pod requests none or several.</summary>
    public DatabaseKeys? OnlyDatabase => databases.Length == 1 ? databases[0] : null;

    /// <summary>Whether a database has a UUID in its own key.</summary>
    public bool HasLegacyUuid => Array.Exists(databases, static database => database.Has(DatabaseSetting.LegacyUuid));

    /// <summary>The keys of version 1.</summary>
    public IReadOnlyList<string> Leftovers => leftovers;

    /// <summary>Groups the annotations. Returns null if none has the prefix.</summary>
    public static InjectionKeys? Of(IReadOnlyDictionary<string, string> annotations)
    {
        InjectionKeys? keys = null;
        foreach (var (key, value) in annotations.Pairs())
        {
            if (InjectionAnnotation.IsInjectionKey(key))
                (keys ??= new InjectionKeys()).Add(key, value);
        }

        keys?.Sort();
        return keys;
    }

    /// <summary>Returns the annotations of a database.</summary>
    public DatabaseKeys Database(string name) => byName[name];

    public bool Has(string key) => podWide.ContainsKey(key);

    /// <summary>Returns the trimmed value. Null if it is missing or blank.</summary>
    public string? Text(string key) => podWide.TryGetValue(key, out var value) ? DatabaseKeys.TextOf(value) : null;

    /// <summary>Returns the unchanged value. Null if it is missing.</summary>
    public string? Raw(string key) => podWide.GetValueOrDefault(key);

    public void Report(FindingList findings)
    {
        foreach (var (key, value) in unknown)
            findings.Warning(FindingCode.UnknownKey, key, $"Annotation {Redaction.Key(key)} is unknown and has no effect.", SuggestionFor(key), FixFor(key, value));
        foreach (var key in nameless)
            findings.Error(
                FindingCode.EmptyDatabaseName,
                key,
                $"Annotation {Redaction.Key(key)} has no database name before the first dot.",
                "Add a name for the connection before the dot, as in 'orders.role'.");
        if (Has(InjectionAnnotation.Mode))
            findings.Information(
                FindingCode.ModeWithoutEffect,
                InjectionAnnotation.Mode,
                $"Annotation {Redaction.Key(InjectionAnnotation.Mode)} has no effect, because each database has its own mode.",
                $"Use '{InjectionAnnotation.ForDatabase("<db>", DatabaseSetting.Mode)}', or remove it.",
                FixForMode());
        if (podWide.TryGetValue(InjectionAnnotation.Role, out var role))
            ValueChecks.ReportRole(InjectionAnnotation.Role, role, findings);
        ValueChecks.ReportSurroundingWhitespace(InjectionAnnotation.Cluster, Raw(InjectionAnnotation.Cluster), findings);
        if (databases.Length == 0)
            ReportNoDatabase(findings);
    }

    private void ReportNoDatabase(FindingList findings)
    {
        foreach (var key in (string[])[InjectionAnnotation.Cluster, InjectionAnnotation.Role])
        {
            if (Has(key))
                findings.Refused(
                    FindingCode.NoDatabase,
                    key,
                    $"Annotation {Redaction.Key(key)} has no effect, because the pod requests no database.",
                    $"Request a database with '{InjectionAnnotation.ForDatabase("<db>", DatabaseSetting.Role)}'.");
        }
    }

    private void Add(string key, string value)
    {
        var name = key.AsSpan(InjectionAnnotation.Prefix.Length);
        var dot = name.IndexOf('.');
        if (InjectionAnnotation.IsLeftover(key))
            leftovers.Add(key);
        else if (key is InjectionAnnotation.Cluster or InjectionAnnotation.Role or InjectionAnnotation.Uuid or InjectionAnnotation.Mode)
            podWide[key] = value;
        else if (dot < 0)
            unknown.Add((key, value));
        else if (dot == 0)
            nameless.Add(key);
        else
            DatabaseOf(name[..dot]).Add(DatabaseSetting.NameOf(name[(dot + 1)..]), value);
    }

    private void Sort()
    {
        databases = [.. byName.Values];
        Array.Sort(databases, static (left, right) => string.CompareOrdinal(left.Name, right.Name));
    }

    private Fix? FixFor(string key, string value)
    {
        var nearest = SpellingSuggester.Certain(key[InjectionAnnotation.Prefix.Length..], KnownNames);
        if (nearest is null || !DatabaseSetting.IsPlausible(nearest, value))
            return null;
        return nearest switch
        {
            "cluster" or "role" => Has(InjectionAnnotation.Prefix + nearest) ? null : Fixes.Rename(key, InjectionAnnotation.Prefix + nearest),
            // A pod with a uuid counts as injected, and the pod-wide mode has no effect.
            "uuid" or "mode" => null,
            _ => OnlyDatabase is { } database && !database.Has(nearest) ? Fixes.Rename(key, database.Key(nearest)) : null,
        };
    }

    // The key can be removed if it equals the modes of the databases. It can be renamed if the only database has no mode, but
    // all settings for it.
    private Fix? FixForMode()
    {
        var mode = Text(InjectionAnnotation.Mode);
        if (mode is null || databases.All(database => string.Equals(database.Text(DatabaseSetting.Mode) ?? "classic", mode, StringComparison.OrdinalIgnoreCase)))
            return Fixes.Remove(InjectionAnnotation.Mode);
        return mode.Equals("uri", StringComparison.OrdinalIgnoreCase) && OnlyDatabase is { } only && only.LooksLikeUri && !only.Has(DatabaseSetting.Mode)
            ? Fixes.Rename(InjectionAnnotation.Mode, only.Key(DatabaseSetting.Mode))
            : null;
    }

    private DatabaseKeys DatabaseOf(ReadOnlySpan<char> name)
    {
        // The keys of a database usually follow each other.
        if (latest is null || !name.SequenceEqual(latest.Name))
        {
            var text = name.ToString();
            if (!byName.TryGetValue(text, out latest))
                byName.Add(text, latest = new DatabaseKeys(text, this));
        }

        return latest;
    }

    private static string SuggestionFor(string key)
    {
        var nearest = SpellingSuggester.Of(key[InjectionAnnotation.Prefix.Length..], KnownNames);
        return nearest switch
        {
            null => "Remove it, or use a known key without a dot: 'cluster', 'role', 'uuid' or 'mode'.",
            "cluster" or "role" or "uuid" or "mode" => $"Rename it to '{InjectionAnnotation.Prefix}{nearest}' if you mean that key.",
            _ => $"Add the name of the database before the setting, as in '{InjectionAnnotation.ForDatabase("<db>", nearest)}'.",
        };
    }
}
