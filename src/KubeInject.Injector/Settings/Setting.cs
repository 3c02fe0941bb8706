namespace KubeInject.Injector.Settings;

/// <summary>Something that can be set: by option, by environment variable and in the settings file, under the same name.</summary>
/// <param name="Name">The name, as an option and as a key: <c>vault-address</c>.</param>
/// <param name="HelpName">What stands for the value in help: <c>URL</c>.</param>
/// <param name="Description">What it says, with its default.</param>
internal sealed record Setting(string Name, string HelpName, string Description)
{
    /// <summary>What it holds. Default: text.</summary>
    public SettingKind Kind { get; init; }

    /// <summary>Variables of other tools that say the same, and give way to ours.</summary>
    public IReadOnlyList<string> OtherVariables { get; init; } = [];

    /// <summary>The environment variable: <c>KUBEINJECT_VAULT_ADDRESS</c>.</summary>
    public string Variable => VariableOf(Name);

    /// <summary>The option: <c>--vault-address</c>; of a secret that of its file, <c>--vault-token-file</c>.</summary>
    public string Option => $"--{(Kind == SettingKind.Secret ? FileName : Name)}";

    /// <summary>Of a secret: the setting that names its file.</summary>
    public string FileName => $"{Name}-file";

    /// <summary>The variable that names a secret's file.</summary>
    public string FileVariable => VariableOf(FileName);

    private static string VariableOf(string name) => $"KUBEINJECT_{name.ToUpperInvariant().Replace('-', '_')}";
}
