using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeInject.Injector;

/// <summary>A settings file: a YAML mapping of the settings' names to their values.</summary>
/// <remarks>Values are never quoted in an error: any of them may be a secret that stands under the wrong key.</remarks>
internal sealed class SettingsFile
{
    private readonly Dictionary<string, SettingValue> values = new(StringComparer.Ordinal);

    private SettingsFile(string path) => Path = path;

    public string Path { get; }

    /// <exception cref="SettingException">It cannot be read, is not YAML, or holds what is no setting; with the line.</exception>
    public static SettingsFile Read(string path)
    {
        try
        {
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"The settings file {path} cannot be read: {exception.Message}");
        }
    }

    public static SettingsFile Parse(string path, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            // Its message may quote the text.
            throw new SettingException($"{path}:{exception.Start.Line}: This is not YAML, or a key stands here twice.");
        }

        var file = new SettingsFile(path);
        if (stream.Documents.Count > 1)
            throw new SettingException($"{path}:{stream.Documents[1].RootNode.Start.Line}: A settings file holds one document; here begins a second.");
        var root = stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode;
        if (root is YamlMappingNode mapping)
            file.Add(mapping);
        else if (root is not (null or YamlScalarNode { Value: null or "" }))
            throw new SettingException($"{path}:{root.Start.Line}: A settings file holds settings by name, such as 'source: local'.");
        return file;
    }

    /// <summary>The value of a key; null where the file does not say.</summary>
    public SettingValue? Find(string key) => values.GetValueOrDefault(key);

    private void Add(YamlMappingNode mapping)
    {
        var known = AllSettings.All.SelectMany(setting => setting.Kind == SettingKind.Secret
            ? new[] { (Key: setting.Name, IsList: false), (Key: setting.FileName, IsList: false) }
            : [(Key: setting.Name, IsList: setting.Kind == SettingKind.List)]).ToDictionary(pair => pair.Key, pair => pair.IsList, StringComparer.Ordinal);
        foreach (var (keyNode, value) in mapping.Children)
        {
            var place = $"{Path}:{keyNode.Start.Line}";
            if (keyNode is not YamlScalarNode { Value: { } key } || !known.TryGetValue(key, out var isList))
                throw new SettingException($"{place}: There is no setting '{(keyNode as YamlScalarNode)?.Value}'. There are: {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
            values[key] = new SettingValue(value switch
            {
                YamlScalarNode { Value: { } single } => [single],
                YamlSequenceNode list when isList && list.All(item => item is YamlScalarNode { Value: not null }) => [.. list.Select(item => ((YamlScalarNode)item).Value!)],
                _ => throw new SettingException($"{place}: The setting '{key}' holds {(isList ? "a text, or a list of texts" : "one value")}."),
            }, $"{place}: '{key}'")
            {
                Folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)),
            };
        }
    }
}
