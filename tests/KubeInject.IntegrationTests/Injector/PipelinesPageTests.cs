using System.Text.RegularExpressions;
using KubeInject.Testing;
using YamlDotNet.RepresentationModel;

namespace KubeInject.IntegrationTests.Injector;

/// <summary>The files in <c>docs/pipelines.md</c>, unchanged. <c>Pages.Tests.ps1</c> runs its commands.</summary>
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

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_settings_file_of_the_page_is_read()
    {
        folder.Write(".kubeinject.yaml", Assert.Single(Blocks(), block => block.StartsWith("exclude-code:", StringComparison.Ordinal)));
        folder.Write("deploy/orders.yaml", Workload.Replace(", vault-db-injector: \"true\"", "", StringComparison.Ordinal));
        folder.Write("deploy/generated/orders.yaml", Workload);

        var result = await Command.KubeInjectAsync(["check", "deploy", "--recursive", "--strict"], workingFolder: folder.Path);

        Assert.EndsWith(".kubeinject.yaml left out 1 finding (KI013) and 1 manifest.\n", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void The_page_uses_inputs_of_the_action_and_the_hook_that_exist()
    {
        var steps = (YamlSequenceNode)Read(Assert.Single(Blocks(), block => block.Contains("uses: kubeinject/kubeinject@", StringComparison.Ordinal)));
        var inputs = ((YamlMappingNode)steps.Single(step => ((string)step["uses"]!).StartsWith("kubeinject/", StringComparison.Ordinal))["with"]).Children.Keys;
        var hooks = Read(Assert.Single(Blocks(), block => block.StartsWith("repos:", StringComparison.Ordinal)))["repos"][0]["hooks"];

        Assert.Subset(((YamlMappingNode)Read(File.ReadAllText(Repository.File("action.yml")))["inputs"]).Children.Keys.ToHashSet(), inputs.ToHashSet());
        Assert.Equal(Read(File.ReadAllText(Repository.File(".pre-commit-hooks.yaml")))[0]["id"], hooks[0]["id"]);
    }

    private static IEnumerable<string> Blocks() =>
        Block().Matches(File.ReadAllText(Repository.File("docs", "pipelines.md"))).Select(block => block.Groups["text"].Value);

    private static YamlNode Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents[0].RootNode;
    }

    [GeneratedRegex(@"(?ms)^```yaml\n(?<text>.*?)^```")]
    private static partial Regex Block();
}
