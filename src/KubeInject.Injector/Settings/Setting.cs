namespace KubeInject.Injector.Settings;

/// <summary>A setting: an option, an environment variable, and a key in the settings file with the same name.</summary>
/// <param name="Name">The name, as an option and as a key: <c>vault-address</c>.</param>
/// <param name="HelpName">The placeholder for the value in the help: <c>URL</c>. Empty for a flag.</param>
/// <param name="Description">The description in the help, including the default.</param>
internal sealed record Setting(string Name, string HelpName, string Description)
{
    /// <summary>The type of the value. Default: text.</summary>
    public SettingKind Kind { get; init; }

    /// <summary>The values for tab completion. Default: the alternatives in <see cref="HelpName"/>.</summary>
    public IReadOnlyList<string> Values { get; init; } = HelpName.Contains('|', StringComparison.Ordinal) ? HelpName.Split('|') : [];

    /// <summary>Environment variables of other tools with the same meaning. They are used if <see cref="Variable"/> is not set.</summary>
    public IReadOnlyList<string> OtherVariables { get; init; } = [];

    /// <summary>The environment variable: <c>KUBEINJECT_VAULT_ADDRESS</c>.</summary>
    public string Variable => VariableOf(Name);

    /// <summary>The option: <c>--vault-address</c>. For a secret, the option specifies a file: <c>--vault-token-file</c>.</summary>
    public string Option => $"--{(Kind == SettingKind.Secret ? FileName : Name)}";

    /// <summary>For a secret: the name of the setting that specifies its file.</summary>
    public string FileName => $"{Name}-file";

    /// <summary>For a secret: the environment variable that specifies its file.</summary>
    public string FileVariable => VariableOf(FileName);

    private static string VariableOf(string name) => $"KUBEINJECT_{name.ToUpperInvariant().Replace('-', '_')}";
}

/// <summary>The type of a setting's value.</summary>
internal enum SettingKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>The path of a file or folder. In a settings file, it is relative to that file.</summary>
    Path,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A duration: <c>90s</c>, <c>15m</c>, <c>1h30m</c>.</summary>
    Duration,

    /// <summary>A positive integer.</summary>
    Number,

    /// <summary>A list of strings: a repeated option, or a variable with one item per line.</summary>
    List,

    /// <summary>A secret. It cannot be an option, because every user of the machine can read command lines; its file can.</summary>
    Secret,
}

/// <summary>The value of a setting and where it is specified.</summary>
/// <param name="Texts">One string, or any number of strings for a list.</param>
/// <param name="Location">An option, an environment variable, or a file with line and key.</param>
internal sealed record SettingValue(IReadOnlyList<string> Texts, string Location)
{
    /// <summary>The base folder of a relative path; null for the current directory.</summary>
    public string? Folder { get; init; }

    /// <summary>Returns only the location, because the value can be a secret.</summary>
    /// <returns>The location.</returns>
    public override string ToString() => Location;
}

/// <summary>A setting is missing or invalid. The message contains the setting, its location, and the valid values; never a secret.</summary>
internal sealed class SettingException(string message) : Exception(DisplayText.Escape(message));
