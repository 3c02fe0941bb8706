namespace KubeInject.Annotations;

/// <summary>The annotations of a database of a pod.</summary>
/// <param name="name">The database's name.</param>
/// <param name="pod">All injection annotations of the pod.</param>
internal sealed class DatabaseKeys(string name, InjectionKeys pod)
{
    private static readonly string[] KnownNames =
    [
        DatabaseSetting.Role, DatabaseSetting.Mode, DatabaseSetting.UsernameVariables, DatabaseSetting.PasswordVariables,
        DatabaseSetting.UriVariables, DatabaseSetting.Template, "cluster",
    ];

    private readonly Dictionary<string, string> settings = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>Whether all required settings of the uri mode exist, and no setting of the classic mode.</summary>
    public bool LooksLikeUri => Text(DatabaseSetting.Template) is { } template && ConnectionUri.IsValid(template) && Text(DatabaseSetting.UriVariables) is not null
        && Text(DatabaseSetting.UsernameVariables) is null && Text(DatabaseSetting.PasswordVariables) is null;

    public static string? TextOf(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    public void Add(string setting, string value) => settings[setting] = value;

    public bool Has(string setting) => settings.ContainsKey(setting);

    /// <summary>Returns the trimmed value. Null if it is missing or blank.</summary>
    public string? Text(string setting) => settings.TryGetValue(setting, out var value) ? TextOf(value) : null;

    /// <summary>Returns the unchanged value. Null if it is missing.</summary>
    public string? Raw(string setting) => settings.GetValueOrDefault(setting);

    public string Key(string setting) => InjectionAnnotation.ForDatabase(name, setting);

    public void ReportUnknown(FindingList findings)
    {
        foreach (var (setting, value) in settings)
        {
            if (!DatabaseSetting.IsKnown(setting))
                findings.Warning(
                    FindingCode.UnknownSetting,
                    Key(setting),
                    $"Annotation {Redaction.Key(Key(setting))} is an unknown setting of a database and has no effect.",
                    SuggestionFor(setting),
                    FixFor(setting, value));
        }
    }

    private Fix? FixFor(string setting, string value)
    {
        var nearest = SpellingSuggester.Certain(setting, KnownNames);
        if (nearest is null || (nearest != setting && Has(nearest)) || !DatabaseSetting.IsPlausible(nearest, value))
            return null;
        if (nearest != "cluster")
            return Fixes.Rename(Key(setting), Key(nearest));
        return pod.OnlyDatabase is null || pod.Has(InjectionAnnotation.Cluster) ? null : Fixes.Rename(Key(setting), InjectionAnnotation.Cluster);
    }

    private string SuggestionFor(string setting) => SpellingSuggester.Of(setting, KnownNames) switch
    {
        null => $"Remove it, or use a known setting: {string.Join(", ", KnownNames[..^1].Select(known => $"'{known}'"))}.",
        "cluster" => $"Use '{InjectionAnnotation.Cluster}', which specifies the mount for all databases of the pod.",
        var nearest => $"Rename it to {Redaction.Key(Key(nearest))} if you mean that setting.",
    };
}
