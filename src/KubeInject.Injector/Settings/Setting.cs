namespace KubeInject.Injector.Settings;

/// <summary>A setting: an option, an environment variable, and a key in the settings file with the same name.</summary>
/// <param name="Name">The name, as an option and as a key: <c>vault-address</c>.</param>
/// <param name="HelpName">The placeholder for the value in the help: <c>URL</c>. Empty for a flag.</param>
/// <param name="Description">The description in the help, including the default.</param>
internal sealed record Setting(string Name, string HelpName, string Description)
{
    /// <summary>The type of the value. Default: text.</summary>
    public SettingKind Kind { get; init; }

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
