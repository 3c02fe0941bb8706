using System.Text.Json;

namespace KubeInject.IntegrationTests.Injector;

/// <summary>The output of the program for a hostile manifest.</summary>
public sealed class HostileTextTests : IDisposable
{
    // In JSON and YAML: ESC, BEL, CSI, a line with a workflow command, and a change of direction.
    private const string Hostile = @"a\n::error file=x::planted\r\u001b[2J\u0007\u009b31m\u202eb\u2028c\u200bd##[error]e";

    private static readonly string Manifest = $$$"""
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "{{{Hostile}}}", "namespace": "{{{Hostile}}}", "annotations": {"db-creds-injector.numberly.io/{{{Hostile}}}": "{{{Hostile}}}"}},
         "spec": {"template": {
           "metadata": {"labels": {"{{{Hostile}}}": "{{{Hostile}}}"}, "annotations": {
             "db-creds-injector.numberly.io/{{{Hostile}}}.role": "{{{Hostile}}}",
             "db-creds-injector.numberly.io/{{{Hostile}}}.mode": "{{{Hostile}}}",
             "db-creds-injector.numberly.io/{{{Hostile}}}.env-key-dbuser": "{{{Hostile}}}",
             "db-creds-injector.numberly.io/pg.role": "rw",
             "db-creds-injector.numberly.io/{{{Hostile}}}": "{{{Hostile}}}",
             "vault.hashicorp.com/agent-inject-secret-{{{Hostile}}}": "{{{Hostile}}}"}},
           "spec": {"containers": [{"name": "{{{Hostile}}}", "image": "app", "env": [{"name": "{{{Hostile}}}", "value": "vault:{{{Hostile}}}"}]}]} } } }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("check --format text")]
    [InlineData("check --format json")]
    [InlineData("check --format sarif")]
    [InlineData("check --format github")]
    [InlineData("explain")]
    [InlineData("inject --source local --dry-run")]
    public async Task No_command_prints_control_characters_or_workflow_commands(string command)
    {
        var isForRunner = command.EndsWith("github", StringComparison.Ordinal);
        string[] files = [folder.Write("manifest.json", Manifest), folder.Write("::error::planted.yaml", "a: ["), folder.Write("\u001b[2J\u202e.yaml", Manifest), folder.Write("twice.json", $$$"""{"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {"db-creds-injector.numberly.io/a.role": "a"}}, "{{{Hostile}}}": 1, "{{{Hostile}}}": 2}""")];

        foreach (var file in files.Append("-").Append($"missing\n::error::planted\u001b.yaml"))
        {
            var words = command.Split(' ');
            var result = await Command.KubeInjectAsync(
                [words[0], file.StartsWith(folder.Path, StringComparison.Ordinal) ? Path.GetFileName(file) : file, .. words[1..]],
                input: Manifest, home: folder.File("home"), workingFolder: folder.Path);

            Assert.NotEmpty(result.Output + result.Error);
            Assert.All((result.Output + result.Error).Split('\n'), line => Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|##\[", line));
            Assert.All(result.Error.Split('\n'), AssertNoCommand);
            if (!isForRunner)
                Assert.All(result.Output.Split('\n'), AssertNoCommand);
            else
                Assert.All(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^::(error|warning|notice) [^:]*::", line));
            if (command.EndsWith("json", StringComparison.Ordinal) && result.Output.Length > 0)
                Assert.Equal(JsonValueKind.Array, JsonDocument.Parse(result.Output).RootElement.ValueKind);
        }
    }

    private static void AssertNoCommand(string line) => Assert.DoesNotMatch(@"^\s*::", line);
}
