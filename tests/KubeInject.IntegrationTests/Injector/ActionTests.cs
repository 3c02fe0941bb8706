using KubeInject.Testing;
using YamlDotNet.RepresentationModel;
using static KubeInject.IntegrationTests.Injector.SmallManifests;

namespace KubeInject.IntegrationTests.Injector;

/// <summary>The GitHub Action and the hook for pre-commit, with the commands in their files.</summary>
public sealed class ActionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_action_installs_the_program_from_its_commit_and_pre_commit_can_do_the_same()
    {
        var install = await RunStepAsync("Install kubeinject", new() { ["GITHUB_ACTION_PATH"] = Repository.Root, ["UseArtifactsOutput"] = "true", ["ArtifactsPath"] = folder.File("artifacts") });
        Assert.True(install.ExitCode == 0, install.Output + install.Error);
        folder.Write("repo/wrong.yaml", Wrong);

        var action = await CheckAsync([]);
        var hook = (YamlMappingNode)((YamlSequenceNode)Read(".pre-commit-hooks.yaml")).Single();
        var entry = ((string)hook["entry"]!).Split(' ');
        var byHook = await Command.RunAsync(folder.File($"temp/kubeinject/{entry[0]}"), [.. entry[1..], "wrong.yaml"], home: folder.File("home"), workingFolder: folder.File("repo"));

        Assert.Equal(1, action.ExitCode);
        Assert.StartsWith("::error file=wrong.yaml,line=1,col=1,title=KI003::pod/wrong: ", action.Output, StringComparison.Ordinal);
        Assert.Equal(1, byHook.ExitCode);
        Assert.StartsWith("wrong.yaml:1:1: error KI003", byHook.Output, StringComparison.Ordinal);

    }

    [Fact]
    public async Task The_action_passes_its_inputs()
    {
        folder.WriteProgram("temp/kubeinject/kubeinject");
        folder.Write("repo/a b/wrong.yaml", Wrong);
        folder.Write("repo/charts/wrong.yaml", Wrong);
        folder.Write("repo/doubtful.yaml", Doubtful);

        Assert.Equal(3, Lines(await CheckAsync([])));
        Assert.Equal(1, Lines(await CheckAsync(new() { ["recursive"] = "false" })));
        Assert.Equal(2, Lines(await CheckAsync(new() { ["paths"] = "a b\ncharts\n" })));
        Assert.Equal(1, Lines(await CheckAsync(new() { ["exclude-code"] = "KI003\nKI001" })));
        Assert.Equal(2, Lines(await CheckAsync(new() { ["exclude"] = "charts" })));
    }

    [Theory]
    [InlineData("false", 0)]
    [InlineData("true", 1)]
    public async Task The_action_fails_on_warnings_only_if_it_is_strict(string strict, int exitCode)
    {
        folder.WriteProgram("temp/kubeinject/kubeinject");
        folder.Write("repo/doubtful.yaml", Doubtful);

        Assert.Equal(exitCode, (await CheckAsync(new() { ["strict"] = strict })).ExitCode);
    }

    private static int Lines(Command result) => result.Output.Count(c => c == '\n');

    /// <summary>Runs the check with inputs; the others have their defaults.</summary>
    private Task<Command> CheckAsync(Dictionary<string, string> inputs)
    {
        var declared = (YamlMappingNode)Read("action.yml")["inputs"];
        Assert.Subset(declared.Children.Keys.Select(key => (string)key!).ToHashSet(), inputs.Keys.ToHashSet());
        var variables = ((YamlMappingNode)Step("Check")["env"]).Children.ToDictionary(
            entry => (string)entry.Key!,
            entry =>
            {
                var name = ((string)entry.Value!)["${{ inputs.".Length..^" }}".Length];
                return (string?)inputs.GetValueOrDefault(name, (string)declared[name]["default"]!);
            });
        return RunStepAsync("Check", variables);
    }

    private Task<Command> RunStepAsync(string name, Dictionary<string, string?> variables)
    {
        Directory.CreateDirectory(folder.File("repo"));
        variables["RUNNER_TEMP"] = folder.File("temp");
        return Command.RunAsync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", (string)Step(name)["run"]!], environment: variables, workingFolder: folder.File("repo"));
    }

    private static YamlNode Step(string name) => ((YamlSequenceNode)Read("action.yml")["runs"]["steps"]).Single(step => step is YamlMappingNode mapping && mapping.Children.TryGetValue("name", out var value) && (string?)value == name);

    private static YamlNode Read(string file)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(Repository.File(file));
        stream.Load(reader);
        return stream.Documents[0].RootNode;
    }
}
