using static KubeInject.IntegrationTests.Injector.SmallManifests;

namespace KubeInject.IntegrationTests.Injector;

/// <summary>The settings file that <c>kubeinject check</c> finds in the folder of a manifest or above it.</summary>
public sealed class RepositorySettingsTests : IDisposable
{
    private const string Nothing = "Checked 1 pod or pod template in 1 manifest: 0 errors, 0 warnings, 0 notes.\n";

    private readonly TemporaryFolder folder = new();

    public RepositorySettingsTests()
    {
        folder.Write("repo/.git", "gitdir: elsewhere\n");
        folder.Write("repo/deploy/shop/orders.yaml", Doubtful);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_leaves_out_findings_and_manifests_and_the_summary_says_so()
    {
        folder.Write("repo/.kubeinject.yaml", "exclude-code: KI013\nexclude: [charts, deploy/old/*]\n");
        folder.Write("repo/deploy/charts/orders.yaml", Doubtful);
        folder.Write("repo/deploy/old/a/orders.yaml", Doubtful);

        var result = await RunAsync("repo/deploy", "check", ".", "-R", "--strict");

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Equal("Checked 1 pod or pod template in 1 manifest: 0 errors, 0 warnings, 0 notes, 1 ignored.\n../.kubeinject.yaml left out 1 finding (KI013) and 2 manifests.\n", result.Error);
    }

    [Fact]
    public async Task It_adds_to_the_options()
    {
        folder.Write("repo/.kubeinject.yaml", "exclude: old\n");
        folder.Write("repo/deploy/old/orders.yaml", Doubtful);

        var result = await RunAsync("repo", "check", ".", "-R", "--strict", "--exclude-code", "KI013");

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("1 ignored.\n.kubeinject.yaml left out 1 manifest.\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_next_to_the_manifest_is_used_and_others_are_not()
    {
        folder.Write("repo/.kubeinject.yaml", "exclude-code: KI*\n");
        folder.Write("repo/deploy/.kubeinject.yaml", "# nothing\n");

        Assert.Equal(1, (await RunAsync("repo", "check", "deploy/shop", "--strict")).ExitCode);
    }

    [Fact]
    public async Task The_search_ends_at_the_root_of_the_repository()
    {
        folder.Write(".kubeinject.yaml", "exclude-code: KI*\n");

        Assert.Equal(1, (await RunAsync(".", "check", "repo/deploy/shop", "--strict")).ExitCode);
    }

    [Fact]
    public async Task Without_a_repository_the_search_ends_at_the_current_folder()
    {
        folder.Write(".kubeinject.yaml", "exclude-code: KI*\n");
        folder.Write("plain/deploy/orders.yaml", Doubtful);

        Assert.Equal(0, (await RunAsync(".", "check", "plain/deploy", "--strict")).ExitCode);
        Assert.Equal(1, (await RunAsync("plain", "check", "deploy", "--strict")).ExitCode);
        Assert.Equal(1, (await RunAsync("repo", "check", "../plain/deploy", "--strict")).ExitCode);
    }

    [Fact]
    public async Task Standard_input_has_the_file_of_the_current_folder()
    {
        folder.Write("repo/.kubeinject.yaml", "exclude-code: KI013\n");

        var result = await RunAsync("repo/deploy", ["check", "-", "--strict"], Doubtful);

        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task It_sets_the_label_and_the_mount_of_its_manifests_unless_an_option_does()
    {
        folder.Write("repo/.kubeinject.yaml", "injector-label: inject-a\ndefault-mount: pg\n");
        folder.Write("repo/deploy/shop/orders.yaml", Doubtful.Replace("  annotations:", "  labels: {inject-a: \"true\"}\n  annotations:", StringComparison.Ordinal));

        var result = await RunAsync("repo", "check", "deploy/shop", "--strict");

        Assert.Equal((0, Nothing), (result.ExitCode, result.Error));
        Assert.Equal(1, (await RunAsync("repo", "check", "deploy/shop", "--strict", "--injector-label", "inject-b")).ExitCode);
    }

    [Theory]
    [InlineData("exclude-code: KI013\nvault-address: http://127.0.0.1:1\n", "2: The setting 'vault-address' is not allowed in this file. Use one of: default-mount, exclude, exclude-code, injector-label.")]
    [InlineData("vault-token-file: /etc/passwd\n", "1: The setting 'vault-token-file' is not allowed in this file.")]
    [InlineData("source: local\n", "1: The setting 'source' is not allowed in this file.")]
    [InlineData("kubeconfig: config\n", "1: The setting 'kubeconfig' is not allowed in this file.")]
    [InlineData("exclude-codes: KI013\n", "1: The setting 'exclude-codes' does not exist.")]
    [InlineData("injector-label: a b\n", "1: 'injector-label': 'a b' is not a valid label key.")]
    [InlineData("exclude-code: {a: b}\n", "1: The setting 'exclude-code' requires a string or a list of strings.")]
    public async Task An_error_names_the_file_and_the_line_and_nothing_is_checked(string text, string problem)
    {
        var file = folder.Write("repo/.kubeinject.yaml", text);
        folder.Write("repo/a.yaml", Doubtful);

        var result = await RunAsync("repo", "check", ".", "-R");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"error: {file}:{problem}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_is_refused_so_that_no_other_file_is_shown()
    {
        folder.Write("secret", "canary: x\n");
        File.CreateSymbolicLink(folder.File("repo/.kubeinject.yaml"), "../secret");

        var result = await RunAsync("repo", "check", "deploy/shop");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"The settings file {folder.File("repo/.kubeinject.yaml")} is not a regular file.", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_checks_read_it()
    {
        folder.Write("repo/.kubeinject.yaml", "source: local\n");

        var inject = await RunAsync("repo", "inject", "deploy/shop");
        var explain = await RunAsync("repo", "explain", "deploy/shop");

        Assert.StartsWith("error: Specify the source of the credentials with --source", inject.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not allowed", explain.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_not_a_manifest()
    {
        folder.Write("repo/.kubeinject.yaml", "exclude-code: KI013\n");
        folder.Write("repo/pod.yaml", Doubtful);

        var result = await RunAsync("repo", "inject", ".", "--source", "local", "--output", "out");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["pod.yaml"], Directory.EnumerateFileSystemEntries(folder.File("repo/out")).Select(Path.GetFileName));
    }

    private Task<Command> RunAsync(string workingFolder, params string[] arguments) => RunAsync(workingFolder, arguments, null);

    private Task<Command> RunAsync(string workingFolder, string[] arguments, string? input) =>
        Command.KubeInjectAsync(arguments, input, folder.File("home"), workingFolder: folder.File(workingFolder));
}
