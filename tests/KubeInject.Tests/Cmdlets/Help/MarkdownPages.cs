using System.Text.RegularExpressions;
using KubeInject.Testing;
using YamlDotNet.RepresentationModel;

namespace KubeInject.Tests.Cmdlets.Help;

/// <summary>The pages in docs/cmdlets, in the format of platyPS 1.0.</summary>
internal static partial class MarkdownPages
{
    public static IReadOnlyDictionary<string, CmdletHelp> Read() => Directory.EnumerateFiles(Repository.File("docs", "cmdlets"), "*.md")
        .Select(file => Read(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file))).ToDictionary(help => help.Name);

    /// <summary>The content of each heading of a level. Fenced code has no headings.</summary>
    public static IReadOnlyDictionary<string, string> Sections(string text, int level)
    {
        var sections = new Dictionary<string, string>();
        var (heading, isCode) = ("", false);
        foreach (var line in text.Split('\n'))
        {
            isCode ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!isCode && line.StartsWith(new string('#', level) + " ", StringComparison.Ordinal))
                sections.Add(heading = line[(level + 1)..], "");
            else
                sections[heading] = sections.GetValueOrDefault(heading, "") + line + "\n";
        }

        sections.Remove("");
        return sections.ToDictionary(section => section.Key, section => section.Value.Trim());
    }

    private static CmdletHelp Read(string name, string text)
    {
        var front = Yaml(FrontMatter().Match(text).Groups["yaml"].Value);
        Assert.Equal(
            ("cmdlet", "KubeInject.Cmdlets.dll-Help.xml", "KubeInject", "2024-05-01", name),
            (Text(front, "document type"), Text(front, "external help file"), Text(front, "Module Name"), Text(front, "PlatyPS schema version"), Text(front, "title")));
        var sections = Sections(text, 2);
        var parameters = Sections(sections["PARAMETERS"], 3).Where(parameter => parameter.Key.StartsWith('-')).ToDictionary(parameter => parameter.Key[1..], parameter => ParameterSettings().Match(parameter.Value));
        var settings = parameters.ToDictionary(parameter => parameter.Key, parameter => Yaml(parameter.Value.Groups["yaml"].Value));
        var sets = Sections(sections["SYNTAX"], 3).Keys.Select(set => set.Replace(" (Default)", "", StringComparison.Ordinal));
        return new CmdletHelp(name)
        {
            Parameters = [.. settings.Select(parameter => Parameter(parameter.Key, parameter.Value, parameters[parameter.Key].Groups["text"].Value.Trim()))],
            Sets = [.. sets.Select(set => CmdletHelp.Set(settings.SelectMany(parameter => InSet(parameter.Key, parameter.Value, set)))).Order(StringComparer.Ordinal)],
            Synopsis = sections["SYNOPSIS"],
            Description = sections["DESCRIPTION"],
            Examples = [.. Sections(sections["EXAMPLES"], 3).Select(example => Example(example.Key, example.Value))],
            Inputs = Sections(sections["INPUTS"], 3),
            Outputs = Sections(sections["OUTPUTS"], 3),
            Notes = sections["NOTES"],
            Links = [.. Link().Matches(sections["RELATED LINKS"]).Select(link => (link.Groups["text"].Value, link.Groups["target"].Value))],
        };
    }

    private static ParameterHelp Parameter(string name, YamlMappingNode settings, string text) => new(
        name,
        Text(settings, "Type"),
        string.Join(", ", ((YamlSequenceNode)settings["Aliases"]).Select(alias => $"{alias}").Order(StringComparer.Ordinal)),
        Text(settings, "SupportsWildcards") == "true",
        Text(settings, "DefaultValue"),
        text);

    private static IEnumerable<string> InSet(string name, YamlMappingNode settings, string set) => ((YamlSequenceNode)settings["ParameterSets"]).Cast<YamlMappingNode>()
        .Where(one => Text(one, "Name") is var its && (its == set || its == "(All)"))
        .Select(one => CmdletHelp.InSet(
            name,
            int.TryParse(Text(one, "Position"), out var position) ? position : null,
            Text(one, "IsRequired") == "true",
            Text(one, "ValueFromPipeline") == "true",
            Text(one, "ValueFromPipelineByPropertyName") == "true"));

    private static ExampleHelp Example(string title, string text)
    {
        var code = Code().Matches(text);
        return new ExampleHelp(title, code is [var only] ? only.Groups["code"].Value.Trim() : "", Code().Replace(text, "").Trim());
    }

    private static YamlMappingNode Yaml(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value ?? "";

    [GeneratedRegex(@"\A---\n(?<yaml>.*?)^---$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FrontMatter();

    [GeneratedRegex(@"\A(?<text>.*?)^```yaml\n(?<yaml>Type: .*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ParameterSettings();

    [GeneratedRegex(@"^```powershell\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^- \[(?<text>[^\]]+)\]\((?<target>[^)]+)\)$", RegexOptions.Multiline)]
    private static partial Regex Link();
}
