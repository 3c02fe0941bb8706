using System.Text.RegularExpressions;
using KubeInject.Testing;
using YamlDotNet.RepresentationModel;

namespace KubeInject.Tests.Contributing;

/// <summary>The GitHub Actions workflows and actions of this repository, which run only on GitHub.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Repository.File(".github");

    public static TheoryData<string> Workflows => [.. Directory.GetFiles(Path.Combine(Folder, "workflows")).Select(file => Path.GetFileName(file))];

    public static TheoryData<string> Files =>
    [
        .. new[] { "workflows", "actions" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Folder, folder), "*.yml", SearchOption.AllDirectories))
            .Append(Repository.File("action.yml")).Select(file => Path.GetRelativePath(Folder, file)),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Actions_are_pinned_to_a_commit_with_a_version_comment(string file)
    {
        var lines = File.ReadLines(Path.Combine(Folder, file)).Where(line => Uses().IsMatch(line)).ToList();

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches(PinnedOrLocal(), line));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Referenced_files_exist(string file)
    {
        var named = Values(file, "run").SelectMany(script => Word().Matches(script).Select(match => match.Value))
            .Concat(Values(file, "uses").Where(action => action.StartsWith("./", StringComparison.Ordinal)))
            .Where(word => word.StartsWith("./", StringComparison.Ordinal) || TopLevel().IsMatch(word))
            .ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.True(Path.Exists(Repository.File(name)), $"There is no {name}."));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Referenced_build_tasks_exist(string file)
    {
        var tasks = TaskSet().Match(File.ReadAllText(Repository.File("build.ps1"))).Groups["tasks"].Value;
        var named = Values(file, "run").SelectMany(script => Task().Matches(script).Select(match => match.Groups["task"].Value)).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, task => Assert.Contains($"'{task}'", tasks, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Jobs_have_read_permission_unless_they_declare_more(string file)
    {
        var permission = Assert.Single(Assert.IsType<YamlMappingNode>(Read(file)["permissions"]).Children);

        Assert.Equal(("contents", "read"), ((string?)permission.Key, (string?)permission.Value));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Jobs_have_a_timeout(string file) =>
        Assert.All(Jobs(file), job => Assert.True(job.Children.ContainsKey("timeout-minutes") || job.Children.ContainsKey("uses"), $"{job["name"]} has no timeout-minutes."));

    [Fact]
    public void The_oldest_supported_PowerShell_is_tested_on_every_system()
    {
        var oldest = PowerShellVersion().Match(File.ReadAllText(Repository.File("KubeInject.psd1"))).Groups["version"].Value;
        var tested = Jobs("ci.yml").Where(job => job.Children.ContainsKey("strategy")).Select(job => (YamlSequenceNode)job["strategy"]["matrix"]["powershell"]).ToList();

        Assert.Equal(2, tested.Count);
        Assert.All(tested, versions => Assert.Contains(new YamlScalarNode(oldest), versions.Children));
    }

    private static YamlMappingNode Read(string file)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(Path.Combine(Folder, "workflows", file));
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static IEnumerable<YamlMappingNode> Jobs(string file) => ((YamlMappingNode)Read(file)["jobs"]).Children.Values.Cast<YamlMappingNode>();

    /// <summary>The values of a key at any depth.</summary>
    private static IEnumerable<string> Values(string file, string key) => Read(file).AllNodes.OfType<YamlMappingNode>().Distinct()
        .Where(node => node.Children.ContainsKey(key)).Select(node => node[key]).OfType<YamlScalarNode>().Select(node => node.Value!);

    [GeneratedRegex(@"^\s*(- )?uses:")]
    private static partial Regex Uses();

    [GeneratedRegex(@"uses: (\./\S+|[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$")]
    private static partial Regex PinnedOrLocal();

    [GeneratedRegex(@"[\w./-]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^((src|tests|build|examples|docs|module|\.ci)/|[\w-]+\.(sln|ps1|txt|md)$)")]
    private static partial Regex TopLevel();

    [GeneratedRegex(@"\[ValidateSet\((?<tasks>[^)]*)\)\]\s*\[string\[\]\] \$Task")]
    private static partial Regex TaskSet();

    [GeneratedRegex(@"build\.ps1 (?<task>\w+)")]
    private static partial Regex Task();

    [GeneratedRegex(@"PowerShellVersion\s*= '(?<version>[^']+)'")]
    private static partial Regex PowerShellVersion();
}
