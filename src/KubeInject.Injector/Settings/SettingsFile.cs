using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeInject.Injector.Settings;

/// <summary>A settings file: a YAML mapping of the settings' names to their values.</summary>
/// <remarks>Errors never quote values, because any value can be a secret under a wrong key.</remarks>
internal sealed class SettingsFile
{
    private readonly Dictionary<string, SettingValue> values = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<Setting> allowed;

    private SettingsFile(string path, IReadOnlyList<Setting> allowed)
    {
        Path = path;
        this.allowed = allowed;
    }

    public string Path { get; }

    /// <param name="path">The file.</param>
    /// <param name="allowed">The settings that the file can contain; null for all.</param>
    /// <exception cref="SettingException">The file cannot be read, is not valid YAML, or contains a setting that is unknown or not allowed. The message contains the line.</exception>
    public static SettingsFile Read(string path, IReadOnlyList<Setting>? allowed = null)
    {
        try
        {
            return Parse(path, File.ReadAllText(path), allowed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"The settings file {path} cannot be read: {exception.Message}");
        }
    }

    public static SettingsFile Parse(string path, string text, IReadOnlyList<Setting>? allowed = null)
    {
        var file = new SettingsFile(path, allowed ?? AllSettings.All);
        var parser = new Parser(new StringReader(text));
        try
        {
            file.Read(parser);
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException or ArgumentException)
        {
            // The parser's message can quote the text, so it is not shown. Some malformed texts cause other exceptions than YamlException.
            throw NotYaml(path, (exception as YamlException)?.Start.Line ?? parser.Current?.End.Line ?? 1);
        }

        return file;
    }

    /// <summary>The value of a key; null if the file does not contain the key.</summary>
    public SettingValue? Find(string key) => values.GetValueOrDefault(key);

    private void Read(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            return;
        if (parser.TryConsume<MappingStart>(out _))
            ReadSettings(parser);
        else if (!parser.TryConsume<Scalar>(out var scalar) || scalar.Value.Length > 0)
            throw new SettingException($"{Path}:{(scalar ?? parser.Current!).Start.Line}: A settings file must contain a mapping of settings, such as 'source: local'.");
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out _))
            throw new SettingException($"{Path}:{parser.Current!.Start.Line}: A settings file must contain only one document, but a second document begins here.");
    }

    // Reads parser events, because the document tree of the library recurses without a limit.
    private void ReadSettings(Parser parser)
    {
        var known = allowed.SelectMany(setting => setting.Kind == SettingKind.Secret
            ? new[] { (Key: setting.Name, IsList: false), (Key: setting.FileName, IsList: false) }
            : [(Key: setting.Name, IsList: setting.Kind == SettingKind.List)]).ToDictionary(pair => pair.Key, pair => pair.IsList, StringComparer.Ordinal);
        var anchors = new Dictionary<AnchorName, string[]>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var line = parser.Current!.Start.Line;
            var location = $"{Path}:{line}";
            var key = parser.TryConsume<Scalar>(out var name) ? name.Value : "";
            if (!known.TryGetValue(key, out var isList))
                throw new SettingException($"{location}: The setting '{key}' {(AllSettings.All.Any(setting => key == setting.Name || key == setting.FileName) ? "is not allowed in this file" : "does not exist")}. Use one of: {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
            var texts = ReadTexts(parser, isList, anchors) ?? throw new SettingException($"{location}: The setting '{key}' requires {(isList ? "a string or a list of strings" : "a single value")}.");
            if (!values.TryAdd(key, new SettingValue(texts, $"{location}: '{key}'") { Folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)) }))
                throw NotYaml(Path, line);
        }
    }

    private static SettingException NotYaml(string path, long line) => new($"{path}:{line}: This is not valid YAML, or a key is duplicated.");

    /// <summary>Reads a scalar or a list of scalars; returns null for anything else.</summary>
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
