namespace KubeInject.Annotations;

/// <summary>The annotations of one database of one pod, as they stand there.</summary>
/// <param name="name">The database's name.</param>
internal sealed class DatabaseKeys(string name)
{
    private static readonly string[] KnownNames =
    [
        DatabaseSetting.Role, DatabaseSetting.Mode, DatabaseSetting.UsernameVariables, DatabaseSetting.PasswordVariables,
        DatabaseSetting.UriVariables, DatabaseSetting.Template, "cluster",
    ];

    private readonly Dictionary<string, string> settings = new(StringComparer.Ordinal);

    public string Name => name;

    public static string? TextOf(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    public void Add(string setting, string value) => settings[setting] = value;

    public bool Has(string setting) => settings.ContainsKey(setting);

    /// <summary>The value without the blanks around it; null where it is missing or blank.</summary>
    public string? Text(string setting) => settings.TryGetValue(setting, out var value) ? TextOf(value) : null;

    public string Key(string setting) => InjectionAnnotation.ForDatabase(name, setting);

    public void ReportUnknown(FindingList findings)
    {
        foreach (var setting in settings.Keys)
        {
            if (!DatabaseSetting.IsKnown(setting))
                findings.Warning(
                    FindingCode.UnknownSetting,
                    Key(setting),
                    $"Annotation {Quoted.Key(Key(setting))} is no known setting of a database and has no effect.",
                    SuggestionFor(setting));
        }
    }

    private string SuggestionFor(string setting) => NearestName.Of(setting, KnownNames) switch
    {
        null => $"Remove it; a database has {string.Join(", ", KnownNames[..^1].Select(known => $"'{known}'"))}.",
        "cluster" => $"The mount is the same for all databases of a pod: use '{InjectionAnnotation.Cluster}'.",
        var nearest => $"Rename it to {Quoted.Key(Key(nearest))} if that is what it stands for.",
    };
}
