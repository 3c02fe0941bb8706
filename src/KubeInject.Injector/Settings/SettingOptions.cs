using System.CommandLine;

namespace KubeInject.Injector.Settings;

/// <summary>The options of a command that specify settings.</summary>
internal sealed class SettingOptions
{
    private const string ConfigVariable = "KUBEINJECT_CONFIG";

    private readonly Option<FileInfo> config = new("--config") { HelpName = "FILE", Description = $"Read settings from this YAML file. The keys are the names of the options. Default: the file in {ConfigVariable}, if it is set." };
    private readonly List<(string Name, Option Option, Func<ParseResult, IReadOnlyList<string>> Values)> options = [];

    /// <summary>Adds the options of settings to a command.</summary>
    public SettingOptions(Command command, IEnumerable<Setting> settings)
    {
        foreach (var setting in settings)
            command.Options.Add(Add(setting));
        command.Options.Add(config);
    }

    /// <summary>Returns the settings from the command line, the environment, and the settings file.</summary>
    /// <exception cref="SettingException">The settings file cannot be read or is invalid.</exception>
    public SettingsReader Read(ParseResult parsed)
    {
        var given = options.Where(option => parsed.GetResult(option.Option) is { Implicit: false })
            .ToDictionary(option => option.Name, option => option.Values(parsed), StringComparer.Ordinal);
        var file = parsed.GetValue(config)?.ToString() ?? Environment.GetEnvironmentVariable(ConfigVariable);
        return new SettingsReader(given, Environment.GetEnvironmentVariable, string.IsNullOrEmpty(file) ? null : SettingsFile.Read(file));
    }

    private Option Add(Setting setting)
    {
        var name = setting.Option;
        switch (setting.Kind)
        {
            case SettingKind.Flag:
                var flag = new Option<bool>(name) { Description = setting.Description };
                options.Add((name[2..], flag, parsed => [parsed.GetValue(flag) ? "true" : "false"]));
                return flag;
            case SettingKind.List:
                var list = new Option<string[]>(name) { HelpName = setting.HelpName, Description = setting.Description };
                options.Add((name[2..], list, parsed => parsed.GetValue(list) ?? []));
                return list;
            default:
                var text = new Option<string>(name) { HelpName = setting.HelpName, Description = setting.Description };
                text.CompletionSources.Add([.. setting.Values]);
                options.Add((name[2..], text, parsed => [parsed.GetValue(text) ?? ""]));
                return text;
        }
    }
}
