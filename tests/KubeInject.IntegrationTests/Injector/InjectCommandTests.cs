using System.Text.RegularExpressions;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Injector;

/// <summary><c>kubeinject inject</c>, as a user or a pipeline runs it.</summary>
public sealed partial class InjectCommandTests : IDisposable
{
    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: NAME
          labels: {vault-db-injector: "true"}
          annotations:
            db-creds-injector.numberly.io/pg.role: rw
        spec:
          containers:
            - name: app
              image: app

        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_manifest_goes_to_standard_output_and_a_summary_without_secrets_to_standard_error()
    {
        var result = await InjectAsync(PodFile("a"), "--source", "local");

        Assert.Equal(0, result.ExitCode);
        var password = Password(result.Output);
        Assert.DoesNotContain(password, result.Error, StringComparison.Ordinal);
        Assert.Contains("DBPASSWORD=********", result.Error, StringComparison.Ordinal);
        Assert.Contains("note: Credentials of the source 'local' are random", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Error);
        Assert.All(Records(), record => Assert.DoesNotContain(password, File.ReadAllText(record), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_source_nothing_is_injected_and_the_error_lists_the_sources()
    {
        var result = await InjectAsync(PodFile("a"));

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Equal("error: Specify the source of the credentials with --source: vault (HashiCorp Vault or OpenBao), postgresql (login roles created directly in PostgreSQL), kube-secret (existing Secrets of the cluster), local (generated credentials for trials, which no database accepts). See 'kubeinject --help'.\n", result.Error);
    }

    [Theory]
    [InlineData("The credential source 'vualt' does not exist.", "x.yaml", "--source", "vualt")]
    [InlineData("Specify the manifests", "--source", "local")]
    [InlineData("There is no file or folder 'missing.yaml'.", "missing.yaml", "--source", "local")]
    [InlineData("There is no option '--sorce'.", "x.yaml", "--sorce", "local")]
    [InlineData("Specify --output or --in-place, not both.", "x.yaml", "--source", "local", "--in-place", "--output", "out")]
    public async Task A_usage_error_is_one_line_on_standard_error(string problem, params string[] arguments)
    {
        var result = await InjectAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith($"error: {problem}", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_dry_run_issues_nothing_and_writes_nothing()
    {
        var file = PodFile("a");
        var before = await File.ReadAllTextAsync(file);

        var result = await InjectAsync(file, "--source", "local", "--dry-run", "--in-place");

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains("Planned", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(file));
        Assert.Empty(Records());
    }

    [Fact]
    public async Task In_place_injection_keeps_permissions_and_links()
    {
        var file = PodFile("a");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var link = File.CreateSymbolicLink(folder.File("link.yaml"), file).FullName;

        var result = await InjectAsync(link, "--source", "local", "--in-place");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("DBPASSWORD", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file));
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public async Task A_second_injection_changes_nothing_and_issues_nothing()
    {
        var file = PodFile("a");
        await InjectAsync(file, "--source", "local", "--in-place");
        var first = await File.ReadAllTextAsync(file);

        var result = await InjectAsync(file, "--source", "local", "--in-place");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("AlreadyInjected", result.Error, StringComparison.Ordinal);
        Assert.Equal(first, await File.ReadAllTextAsync(file));
        Assert.Single(Records());
    }

    [Fact]
    public async Task An_invalid_document_does_not_stop_the_others()
    {
        var bad = Pod.Replace("pg.role", "pg.roll", StringComparison.Ordinal).Replace("NAME", "bad", StringComparison.Ordinal);
        var file = folder.Write("several.yaml", $"{Pod.Replace("NAME", "one", StringComparison.Ordinal)}---\n{bad}---\n{Pod.Replace("NAME", "two", StringComparison.Ordinal)}");

        var result = await InjectAsync(file, "--source", "local");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(["one", "two"], NameLine().Matches(result.Output).Select(match => match.Groups[1].Value));
        Assert.Contains($"error: {file}:13:1: pod/bad: KI003", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, Records().Length);
    }

    [Fact]
    public async Task In_place_injection_leaves_an_invalid_document_unchanged()
    {
        var bad = Pod.Replace("pg.role", "pg.roll", StringComparison.Ordinal);
        var file = folder.Write("several.yaml", $"{bad}---\n{Pod}");

        var result = await InjectAsync(file, "--source", "local", "--in-place");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"{bad}---\n", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.Contains("DBPASSWORD", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_file_is_not_written_and_does_not_stop_the_others()
    {
        PodFile("a");
        folder.Write("b.yaml", "kind: Pod\nkind: Pod\napiVersion: v1\nmetadata: {annotations: {db-creds-injector.numberly.io/x.role: x}}\n");
        folder.Write("c.yaml", "metadata:\n  name: {{ .Release.Name }}\n");
        folder.Write("sub/d.yaml", Pod);

        var result = await InjectAsync(folder.Path, "--recursive", "--source", "local", "--output", folder.File("out"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"error: {folder.File("b.yaml")}:2:1: The key \"kind\" is duplicated (first in line 1).", result.Error, StringComparison.Ordinal);
        Assert.Contains($"error: {folder.File("c.yaml")}:2:10: A key must be plain text. If this is a template with {{{{ … }}}}, render it first", result.Error, StringComparison.Ordinal);
        Assert.Equal(["a.yaml", "sub/d.yaml"], Directory.GetFiles(folder.File("out"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.File("out"), file)).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(folder.File("out")), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_dash_reads_standard_input()
    {
        var result = await Command.KubeInjectAsync(["inject", "-", "--source", "local"], Pod, folder.File("home"));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("name: DBPASSWORD", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_without_a_pod_is_copied_byte_for_byte()
    {
        const string Text = "\uFEFF# head\r\nkind:   ConfigMap # x\r\n---\r\n...\r\n# tail";
        var result = await Command.KubeInjectAsync(["inject", "-", "--source", "local"], Text, folder.File("home"));

        Assert.Equal(Text, result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Several_manifests_make_one_stream_that_kubectl_reads()
    {
        var result = await InjectAsync("examples/list.json", "examples/pod.yaml", "examples/orders.yaml", "--source", "local");
        var stream = folder.Write("all.yaml", result.Output);

        var names = await Command.KubectlAsync("create", "--dry-run=client", "-o", "name", "-f", stream);

        Assert.Equal(["serviceaccount/reports", "statefulset.apps/reports", "pod/psql", "service/orders", "configmap/orders", "deployment.apps/orders"], names.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task If_the_output_cannot_be_written_no_credential_remains()
    {
        folder.Write("out", "a file instead of a folder");

        var result = await InjectAsync(PodFile("a"), "--source", "local", "--output", folder.File("out"));

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Empty(Records());
    }

    [Fact]
    public async Task Help_has_examples_and_exit_codes()
    {
        var result = await Command.KubeInjectAsync("inject", "--help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Examples:", result.Output, StringComparison.Ordinal);
        Assert.Contains("Exit codes:", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task The_version_is_the_version_of_the_module()
    {
        var result = await Command.KubeInjectAsync("--version");

        Assert.Contains($"ModuleVersion        = '{result.Output.Trim()}'", await File.ReadAllTextAsync(Repository.File("KubeInject.psd1")), StringComparison.Ordinal);
    }

    private Task<Command> InjectAsync(params string[] arguments) => Command.KubeInjectAsync(["inject", .. arguments], home: folder.File("home"));

    private string PodFile(string name) => folder.Write($"{name}.yaml", Pod.Replace("NAME", name, StringComparison.Ordinal));

    private string[] Records() => Directory.Exists(folder.File("home")) ? Directory.GetFiles(folder.File("home"), "*.json", SearchOption.AllDirectories) : [];

    private static string Password(string manifest) => PasswordLine().Match(manifest).Groups[1].Value is { Length: > 0 } password
        ? password
        : throw new InvalidOperationException("The manifest holds no password.");

    [GeneratedRegex("name: DBPASSWORD\n +value: \"([^\"]+)\"")]
    private static partial Regex PasswordLine();

    [GeneratedRegex("^  name: (.*)$", RegexOptions.Multiline)]
    private static partial Regex NameLine();
}
