using System.Globalization;
using System.Text.Json;
using static KubeInject.IntegrationTests.Injector.SmallManifests;

namespace KubeInject.IntegrationTests.Injector;

/// <summary><c>kubeinject check</c> and <c>explain</c>, as a user or a pipeline runs them.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_valid_manifest_prints_nothing_to_standard_output()
    {
        var result = await CheckAsync(folder.Write("a.yaml", Sound), "--strict");

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Equal("Checked 1 pod or pod template in 1 manifest: 0 errors, 0 warnings, 0 notes.\n", result.Error);
    }

    [Fact]
    public async Task Errors_always_fail_and_warnings_fail_in_strict_mode()
    {
        var doubtful = folder.Write("doubtful.yaml", Doubtful);

        Assert.Equal(1, (await CheckAsync(folder.Write("wrong.yaml", Wrong))).ExitCode);
        Assert.Equal(0, (await CheckAsync(doubtful)).ExitCode);
        Assert.Equal(1, (await CheckAsync(doubtful, "--strict")).ExitCode);
    }

    [Fact]
    public async Task A_comment_silences_findings_of_its_document_only()
    {
        var comment = Doubtful.Replace("kind: Pod\n", "kind: Pod # kubeinject: ignore KI013 The label is added later.\n", StringComparison.Ordinal);

        var result = await CheckAsync(folder.Write("a.yaml", $"{comment}---\n{Doubtful}"), "--strict");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"{folder.File("a.yaml")}:", Assert.Single(result.Output.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal("Checked 2 pods and pod templates in 1 manifest: 0 errors, 1 warning, 0 notes, 1 ignored.\n", result.Error);
    }

    [Fact]
    public async Task Codes_and_manifests_can_be_left_out()
    {
        folder.Write("m/wrong.yaml", Wrong);
        folder.Write("m/charts/wrong.yaml", Wrong);
        folder.Write("m/doubtful.yaml", Doubtful);

        var result = await CheckAsync(folder.File("m"), "-R", "--strict", "--exclude-code", "KI01?", "--exclude", "charts", "--exclude", "*/m/wrong.*");

        Assert.Equal((0, "", "Checked 1 pod or pod template in 1 manifest: 0 errors, 0 warnings, 0 notes, 1 ignored.\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task A_folder_is_checked_in_path_order_and_an_unreadable_file_does_not_stop_the_others()
    {
        folder.Write("m/c.yaml", Wrong);
        folder.Write("m/a.yaml", Doubtful);
        folder.Write("m/b.yaml", "kind: Pod\nkind: Pod\napiVersion: v1\nmetadata: {annotations: {db-creds-injector.numberly.io/x.role: x}}\n");
        folder.Write("m/sub/d.yaml", Wrong);

        var result = await CheckAsync(folder.File("m"));
        var recursive = await CheckAsync(folder.File("m"), "--recurse");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            [
                $"{folder.File("m/a.yaml")}:1:1: warning KI013",
                $"{folder.File("m/b.yaml")}:2:1: error KI000",
                $"{folder.File("m/c.yaml")}:1:1: error KI003",
            ],
            Heads(result));
        Assert.EndsWith("in 3 manifests: 2 errors, 1 warning, 0 notes.\n", result.Error, StringComparison.Ordinal);
        Assert.Equal([.. Heads(result), $"{folder.File("m/sub/d.yaml")}:1:1: error KI003"], Heads(recursive));
    }

    [Fact]
    public async Task Findings_are_in_path_order_if_the_first_manifest_takes_longest()
    {
        folder.Write("m/000.yaml", string.Concat(Enumerable.Repeat($"{Sound}---\n", 2000)) + Wrong);
        var small = Enumerable.Range(1, 50).Select(number => string.Create(CultureInfo.InvariantCulture, $"m/{number:000}.yaml")).ToList();
        small.ForEach(name => folder.Write(name, Wrong));

        var result = await CheckAsync(folder.File("m"));

        Assert.Equal(["m/000.yaml", .. small], result.Output.TrimEnd().Split('\n').Select(line => Path.GetRelativePath(folder.File("."), line.Split(':')[0])));
        Assert.EndsWith("in 51 manifests: 51 errors, 0 warnings, 0 notes.\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dash_reads_standard_input()
    {
        var result = await Command.KubeInjectAsync(["check", "-"], Wrong, folder.File("home"));

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("<input>:1:1: error KI003: pod/wrong: ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_can_be_specified_only_once()
    {
        var result = await Command.KubeInjectAsync(["check", "-", "-"], Sound, folder.File("home"));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("Standard input (-) can be specified only once.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_formats_are_complete_and_paths_are_relative_to_the_working_folder()
    {
        folder.Write("m/a.yaml", Wrong);
        folder.Write("m/b.yaml", "a: b: c\n");

        var json = JsonDocument.Parse((await CheckInFolderAsync("--format", "json")).Output).RootElement;
        var sarif = JsonDocument.Parse((await CheckInFolderAsync("--format", "sarif")).Output).RootElement.GetProperty("runs")[0].GetProperty("results");
        var commands = (await CheckInFolderAsync("--format", "github")).Output.TrimEnd().Split('\n');

        Assert.Equal(["KI003", "KI000"], json.EnumerateArray().Select(finding => finding.GetProperty("code").GetString()));
        Assert.Equal(["m/a.yaml", "m/b.yaml"], json.EnumerateArray().Select(finding => finding.GetProperty("file").GetString()));
        Assert.Equal(["m/a.yaml", "m/b.yaml"], sarif.EnumerateArray().Select(result => result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()));
        Assert.StartsWith("::error file=m/a.yaml,line=1,col=1,title=KI003::pod/wrong: ", commands[0], StringComparison.Ordinal);
        Assert.StartsWith("::error file=m/b.yaml,line=1,", commands[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_password_of_a_template_is_shown_in_any_format()
    {
        folder.Write("m/a.yaml", Sound.Replace("pg.env-key-dbuser: PGUSER", "pg.mode: uri\n    db-creds-injector.numberly.io/pg.template: postgres://u:hunter2@/orders", StringComparison.Ordinal));

        foreach (var format in new[] { "text", "json", "sarif", "github" })
        {
            var result = await CheckInFolderAsync("--format", format);
            Assert.Equal(1, result.ExitCode);
            Assert.DoesNotContain("hunter2", result.Output + result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Specify the manifests")]
    [InlineData("There is no file or folder 'missing.yaml'.", "missing.yaml")]
    [InlineData("There is no option '--strickt'.", "x.yaml", "--strickt")]
    [InlineData("Argument 'xml' not recognized.", "x.yaml", "--format", "xml")]
    public async Task A_usage_error_is_one_line_on_standard_error(string problem, params string[] arguments)
    {
        var result = await CheckAsync(arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"error: {problem}", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_source_that_is_configured_only_for_injection_is_not_contacted()
    {
        var environment = new Dictionary<string, string?> { ["KUBEINJECT_SOURCE"] = "vault" };

        var result = await RunAsync(["check", folder.Write("a.yaml", Sound)], environment);

        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task With_a_source_its_findings_are_reported_too()
    {
        // No server listens there, so the error proves that the source was contacted.
        var environment = new Dictionary<string, string?> { ["VAULT_ADDR"] = "http://127.0.0.1:1", ["VAULT_TOKEN"] = "t", ["VAULT_MAX_RETRIES"] = "0" };

        var result = await RunAsync(["check", folder.Write("a.yaml", Sound), "--source", "vault"], environment);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(": warning KI216: pod/sound: The connection to Vault at http://127.0.0.1:1/ was refused", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_shows_the_failed_step_and_the_remedy()
    {
        var broken = await Command.KubeInjectAsync(["explain", "-"], Wrong, folder.File("home"));
        var sound = await Command.KubeInjectAsync(["explain", folder.Write("a.yaml", Sound)], home: folder.File("home"));

        Assert.Equal((1, 0), (broken.ExitCode, sound.ExitCode));
        Assert.Contains("First: Database 'pg' has no role", broken.Output, StringComparison.Ordinal);
        Assert.StartsWith("pod/sound will be injected: 1 database, 2 variables in 1 container.", sound.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_of_the_cluster_is_explained_by_name()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{@namespace}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await Command.KubectlAsync("create", "-n", @namespace, "-f", folder.Write("a.yaml", Sound));

        var result = await Command.KubeInjectAsync("explain", "pod/sound", "-n", @namespace, "--kubeconfig", TestCluster.FilePath("kubeconfig"));

        Assert.StartsWith($"{@namespace}/pod/sound ", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("error", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_label_of_the_injector_is_an_option_a_variable_and_a_key_of_the_settings_file()
    {
        var manifest = folder.Write("a.yaml", Sound.Replace("vault-db-injector", "inject-a", StringComparison.Ordinal));
        var settings = folder.Write("settings.yaml", "injector-label: inject-a\ndefault-mount: pg\n");
        var environment = new Dictionary<string, string?> { ["KUBEINJECT_INJECTOR_LABEL"] = "inject-a" };

        Assert.Equal(1, (await CheckAsync(manifest, "--strict")).ExitCode);
        Assert.Equal(0, (await CheckAsync(manifest, "--strict", "--injector-label", "inject-a")).ExitCode);
        Assert.Equal(0, (await CheckAsync(manifest, "--strict", "--config", settings)).ExitCode);
        Assert.Equal(0, (await RunAsync(["check", manifest, "--strict"], environment)).ExitCode);

        var wrong = await CheckAsync(manifest, "--injector-label", "a b");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("--injector-label: 'a b' is not a valid label key.", wrong.Error, StringComparison.Ordinal);
    }

    private Task<Command> CheckAsync(params string[] arguments) => Command.KubeInjectAsync(["check", .. arguments], home: folder.File("home"));

    private Task<Command> CheckInFolderAsync(params string[] arguments) => RunAsync(["check", "m", .. arguments]);

    private Task<Command> RunAsync(string[] arguments, IReadOnlyDictionary<string, string?>? environment = null) =>
        Command.KubeInjectAsync(arguments, home: folder.File("home"), environment: environment, workingFolder: folder.Path);

    private static string[] Heads(Command result) => [.. result.Output.TrimEnd().Split('\n').Select(line => string.Join(':', line.Split(':').Take(4)))];
}
