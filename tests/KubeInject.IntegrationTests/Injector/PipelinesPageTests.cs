using System.Text.RegularExpressions;
using KubeInject.Testing;
using YamlDotNet.RepresentationModel;

namespace KubeInject.IntegrationTests.Injector;

/// <summary>The commands and files in <c>docs/pipelines.md</c>, unchanged. Commands that need Vault or an installation have their own tests.</summary>
public sealed partial class PipelinesPageTests : IDisposable
{
    private const string Workload = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: orders
        spec:
          selector: {matchLabels: {app: orders}}
          template:
            metadata:
              labels: {app: orders, vault-db-injector: "true"}
              annotations:
                db-creds-injector.numberly.io/orders.role: orders-rw
                db-creds-injector.numberly.io/orders.env-key-dbuser: PGUSER
                db-creds-injector.numberly.io/orders.env-key-dbpassword: PGPASSWORD
            spec:
              containers:
                - name: app
                  image: app

        """;

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Commands => [.. Blocks("sh").Where(block => block.StartsWith("kubeinject ", StringComparison.Ordinal) && !block.Contains("vault", StringComparison.Ordinal))];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_of_the_page_runs(string commands)
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await Command.KubectlAsync("create", "-n", @namespace, "-f", folder.Write("orders.yaml", Workload));
        folder.Write("deploy/orders.yaml", Workload);

        var result = await RunAsync(commands.Replace("--namespace shop", $"--namespace {@namespace}", StringComparison.Ordinal));

        Assert.DoesNotContain("error: ", result.Error, StringComparison.Ordinal);
        Assert.True(result.ExitCode is 0 or 1, result.Error);
    }

    [Fact]
    public async Task The_settings_file_of_the_page_is_read()
    {
        folder.Write(".kubeinject.yaml", Assert.Single(Blocks("yaml"), block => block.StartsWith("exclude-code:", StringComparison.Ordinal)));
        folder.Write("deploy/orders.yaml", Workload.Replace(", vault-db-injector: \"true\"", "", StringComparison.Ordinal));
        folder.Write("deploy/generated/orders.yaml", Workload);

        var result = await RunAsync("kubeinject check deploy --recursive --strict");

        Assert.EndsWith(".kubeinject.yaml left out 1 finding (KI013) and 1 manifest.\n", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void The_page_uses_inputs_of_the_action_and_the_hook_that_exist()
    {
        var steps = (YamlSequenceNode)Read(Assert.Single(Blocks("yaml"), block => block.Contains("uses: kubeinject/kubeinject@", StringComparison.Ordinal)));
        var inputs = ((YamlMappingNode)steps.Single(step => ((string)step["uses"]!).StartsWith("kubeinject/", StringComparison.Ordinal))["with"]).Children.Keys;
        var hooks = Read(Assert.Single(Blocks("yaml"), block => block.StartsWith("repos:", StringComparison.Ordinal)))["repos"][0]["hooks"];

        Assert.Subset(((YamlMappingNode)Read(File.ReadAllText(Repository.File("action.yml")))["inputs"]).Children.Keys.ToHashSet(), inputs.ToHashSet());
        Assert.Equal(Read(File.ReadAllText(Repository.File(".pre-commit-hooks.yaml")))[0]["id"], hooks[0]["id"]);
    }

    private Task<Command> RunAsync(string commands)
    {
        folder.WriteProgram("bin/kubeinject");
        var environment = new Dictionary<string, string?>
        {
            ["PATH"] = $"{folder.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["KUBECONFIG"] = TestCluster.FilePath("kubeconfig"),
        };
        return Command.RunAsync("bash", ["-c", commands], home: folder.File("home"), environment: environment, workingFolder: folder.Path);
    }

    private static IEnumerable<string> Blocks(string language) =>
        Block().Matches(File.ReadAllText(Repository.File("docs", "pipelines.md"))).Where(block => block.Groups["language"].Value == language).Select(block => block.Groups["text"].Value);

    private static YamlNode Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents[0].RootNode;
    }

    [GeneratedRegex(@"(?ms)^```(?<language>\w+)\n(?<text>.*?)^```")]
    private static partial Regex Block();
}
