using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeInject.Injector.Settings;

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
        var file = new SettingsFile(path);
        var parser = new Parser(new StringReader(text));
        try
        {
            file.Read(parser);
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException or ArgumentException)
        {
            // The message may quote the text. On some malformed texts the parser fails with other exceptions.
            throw NotYaml(path, (exception as YamlException)?.Start.Line ?? parser.Current?.End.Line ?? 1);
        }

        return file;
    }

    /// <summary>The value of a key; null where the file does not say.</summary>
    public SettingValue? Find(string key) => values.GetValueOrDefault(key);

    private void Read(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            return;
        if (parser.TryConsume<MappingStart>(out _))
            ReadSettings(parser);
        else if (!parser.TryConsume<Scalar>(out var scalar) || scalar.Value.Length > 0)
            throw new SettingException($"{Path}:{(scalar ?? parser.Current!).Start.Line}: A settings file holds settings by name, such as 'source: local'.");
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out _))
            throw new SettingException($"{Path}:{parser.Current!.Start.Line}: A settings file holds one document; here begins a second.");
    }

    // Reads parser events, because the document tree of the library recurses without a limit.
    private void ReadSettings(Parser parser)
    {
        var known = AllSettings.All.SelectMany(setting => setting.Kind == SettingKind.Secret
            ? new[] { (Key: setting.Name, IsList: false), (Key: setting.FileName, IsList: false) }
            : [(Key: setting.Name, IsList: setting.Kind == SettingKind.List)]).ToDictionary(pair => pair.Key, pair => pair.IsList, StringComparer.Ordinal);
        var anchors = new Dictionary<AnchorName, string[]>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var line = parser.Current!.Start.Line;
            var place = $"{Path}:{line}";
            var key = parser.TryConsume<Scalar>(out var name) ? name.Value : "";
            if (!known.TryGetValue(key, out var isList))
                throw new SettingException($"{place}: There is no setting '{key}'. There are: {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
            var texts = ReadTexts(parser, isList, anchors) ?? throw new SettingException($"{place}: The setting '{key}' holds {(isList ? "a text, or a list of texts" : "one value")}.");
            if (!values.TryAdd(key, new SettingValue(texts, $"{place}: '{key}'") { Folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)) }))
                throw NotYaml(Path, line);
        }
    }

    private static SettingException NotYaml(string path, long line) => new($"{path}:{line}: This is not YAML, or a key stands here twice.");

    /// <summary>The text, or the texts of a list; null for anything else.</summary>
    private static string[]? ReadTexts(Parser parser, bool isList, Dictionary<AnchorName, string[]> anchors)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
            return anchors.TryGetValue(alias.Value, out var known) && (isList || known.Length == 1) ? known : null;
        var anchor = parser.Accept<NodeEvent>(out var node) ? node.Anchor : AnchorName.Empty;
        List<string> texts = [];
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            texts.Add(scalar.Value);
        }
        else
        {
            if (!isList || !parser.TryConsume<SequenceStart>(out _))
                return null;
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                if (!parser.TryConsume<Scalar>(out var item))
                    return null;
                texts.Add(item.Value);
            }
        }

        string[] read = [.. texts];
        if (!anchor.IsEmpty)
            anchors[anchor] = read;
        return read;
    }
}
