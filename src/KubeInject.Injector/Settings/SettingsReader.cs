using System.Globalization;
using System.Text.RegularExpressions;
using KubeInject.Annotations;

namespace KubeInject.Injector.Settings;

/// <summary>Reads settings from options, then from environment variables, then from the settings file.</summary>
/// <param name="options">The specified options, by their names without leading dashes.</param>
/// <param name="variable">Returns the value of an environment variable; null if it is not set.</param>
/// <param name="file">The settings file; null for none.</param>
internal sealed partial class SettingsReader(IReadOnlyDictionary<string, IReadOnlyList<string>> options, Func<string, string?> variable, SettingsFile? file)
{
    private static readonly string[] True = ["true", "1", "yes"];
    private static readonly string[] False = ["false", "0", "no"];

    // The last file, which is never searched for a secret.
    private SettingsFile? Defaults { get; init; }

    /// <summary>Returns a reader that also reads another file, for settings that are not specified anywhere else.</summary>
    /// <param name="defaults">The file; null for none.</param>
    public SettingsReader WithDefaults(SettingsFile? defaults) => new(options, variable, file) { Defaults = defaults };

    /// <summary>The value of an option, without environment variables and the settings file; null if it is not specified.</summary>
    public string? Option(Setting setting) => Option(setting.Name)?.Texts is [.., var last] ? last : null;

    public string? Text(Setting setting) => Find(setting)?.Texts is [.., var last] ? last : null;

    /// <param name="setting">The setting.</param>
    /// <param name="why">What requires the setting; the subject of the error message.</param>
    /// <exception cref="SettingException">The setting is not specified or empty.</exception>
    public string RequiredText(Setting setting, string why) => Text(setting) is { Length: > 0 } text
        ? text
        : throw new SettingException($"{why} requires {setting.Option}, {setting.Variable}, or '{setting.Name}' in the settings file.");

    /// <summary>The absolute path. A path in the settings file is relative to that file.</summary>
    public string? Path(Setting setting) => Find(setting) is not { Texts: [.., var last] } value ? null : Resolve(value, last);

    public bool Flag(Setting setting) => Find(setting) is { Texts: [.., var text] } value
        && (True.Contains(text, StringComparer.OrdinalIgnoreCase)
            || (False.Contains(text, StringComparer.OrdinalIgnoreCase) ? false : throw new SettingException($"{value.Location} must be true or false.")));

    public IReadOnlyList<string>? List(Setting setting) => Find(setting)?.Texts;

    public TimeSpan? Duration(Setting setting)
    {
        if (Find(setting) is not { Texts: [.., var text] } value)
            return null;
        var parts = DurationText().Match(text);
        var seconds = parts.Groups["part"].Captures.Sum(part => long.Parse(part.Value.AsSpan(0, part.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture) * part.Value[^1] switch
        {
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            _ => 1,
        });
        return parts.Success ? TimeSpan.FromSeconds(seconds) : throw new SettingException($"{value.Location} must be a duration, such as 90s, 15m, 1h30m or 2d.");
    }

    public int? Number(Setting setting)
    {
        if (Find(setting) is not { Texts: [.., var text] } value)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new SettingException($"{value.Location} must be a positive integer.");
    }

    /// <summary>The settings of the annotations.</summary>
    /// <exception cref="SettingException">The label or the mount path is not valid.</exception>
    public InjectionOptions Annotations()
    {
        var options = Change(AllSettings.InjectorLabel, InjectionOptions.Default, (before, key) => before with { LabelKey = key });
        return Change(AllSettings.DefaultMount, options, (before, path) => before with { DefaultMount = path });
    }

    /// <summary>The secret, or the content of its file without trailing line breaks.</summary>
    public SensitiveString? Secret(Setting setting) =>
        FromFile(Option(setting.FileName))
        ?? Plain(Variable(setting.Variable)) ?? FromFile(Variable(setting.FileVariable)) ?? setting.OtherVariables.Select(name => Plain(Variable(name))).FirstOrDefault(secret => secret is not null)
        ?? Plain(file?.Find(setting.Name)) ?? FromFile(file?.Find(setting.FileName));

    private T Change<T>(Setting setting, T before, Func<T, string, T> change)
    {
        if (Find(setting) is not { Texts: [.., var text] } value)
            return before;
        try
        {
            return change(before, text);
        }
        catch (FormatException exception)
        {
            throw new SettingException($"{value.Location}: {exception.Message}");
        }
    }

    private SettingValue? Find(Setting setting) =>
        Option(setting.Name)
        ?? Split(setting, Variable(setting.Variable)) ?? setting.OtherVariables.Select(name => Split(setting, Variable(name))).FirstOrDefault(value => value is not null)
        ?? file?.Find(setting.Name) ?? Defaults?.Find(setting.Name);

    private SettingValue? Option(string name) => options.TryGetValue(name, out var texts) ? new SettingValue(texts, $"--{name}") : null;

    // Treat an empty variable as not set: this is how a variable is unset for one command.
    private SettingValue? Variable(string name) => variable(name) is { Length: > 0 } text ? new SettingValue([text], name) : null;

    private static SettingValue? Split(Setting setting, SettingValue? value) => setting.Kind == SettingKind.List && value is not null
        ? value with { Texts = value.Texts[0].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) }
        : value;

    private static SensitiveString? Plain(SettingValue? value) => value is { Texts: [.., { Length: > 0 } text] } ? new SensitiveString(text) : null;

    private static SensitiveString? FromFile(SettingValue? value)
    {
        if (value is not { Texts: [.., var name] })
            return null;
        var path = Resolve(value, name);
        try
        {
            var text = File.ReadAllText(path).TrimEnd('\r', '\n');
            return text.Length > 0 ? new SensitiveString(text) : throw new SettingException($"{value.Location}: The file {path} is empty.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{value.Location}: {exception.Message}");
        }
    }

    private static string Resolve(SettingValue value, string path) => System.IO.Path.GetFullPath(path, value.Folder ?? Directory.GetCurrentDirectory());

    [GeneratedRegex(@"\A(?<part>[0-9]{1,6}[dhms])+\z")]
    private static partial Regex DurationText();
}
