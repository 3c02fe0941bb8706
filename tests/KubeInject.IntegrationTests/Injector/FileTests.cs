using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Injector;

/// <summary>How the program replaces files: concurrent runs, other users, folders, links, and killed processes.</summary>
public sealed class FileTests : IDisposable
{
    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders
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

    [Theory]
    [InlineData("--in-place")]
    [InlineData("--output")]
    public async Task One_of_several_concurrent_runs_writes_and_the_others_leave_no_lease(string how)
    {
        var file = folder.Write("in/a.yaml", Pod);
        var target = how == "--in-place" ? file : folder.File("out/a.yaml");
        string[] arguments = [file, "--source", "local", how, .. how == "--in-place" ? Array.Empty<string>() : [folder.File("out")]];

        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => InjectAsync(arguments)));

        // A run that starts after another has ended can replace its output. The replaced lease is left to the next sweep.
        var written = await File.ReadAllTextAsync(target);
        var leases = Records().Select(record => Path.GetFileNameWithoutExtension(record)).ToList();
        Assert.Contains(leases, lease => written.Contains(lease, StringComparison.Ordinal));
        Assert.All(results, result => Assert.True(result.ExitCode == 0 || result.Error.Contains("was changed by another program in the meantime", StringComparison.Ordinal), result.Error));
        Assert.Equal(results.Count(result => result.ExitCode == 0 && result.Error.Contains(" Injected ", StringComparison.Ordinal)), leases.Count);
        if (how == "--in-place")
            Assert.Single(leases);
        Assert.Equal([target], Directory.GetFiles(Path.GetDirectoryName(target)!));
    }

    [RootFact]
    public async Task A_file_whose_owner_cannot_be_kept_is_rejected_before_anything_is_issued()
    {
        var file = folder.Write("open/a.yaml", Pod);
        GrantAccess(folder.Path, folder.File("open"), file);

        var result = await RunAsOtherUserAsync(file, "--in-place");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("it belongs to user 0 and group 0, and the new file would belong to you. Run the command as its owner", result.Error, StringComparison.Ordinal);
        Assert.Equal(Pod, await File.ReadAllTextAsync(file));
        Assert.Empty(Records());
        Assert.Equal([file], Directory.GetFiles(folder.File("open")));
    }

    [RootFact]
    public async Task A_folder_without_write_permission_is_an_error_before_anything_is_issued()
    {
        var file = folder.Write("closed/a.yaml", Pod);
        GrantAccess(folder.Path, file);

        Assert.Contains($"its folder {folder.File("closed")} is not writable for you", (await RunAsOtherUserAsync(file, "--in-place")).Error, StringComparison.Ordinal);
        Assert.Contains($"'{folder.File("closed/sub")}' is denied", (await RunAsOtherUserAsync(file, "--output", folder.File("closed/sub"))).Error, StringComparison.Ordinal);
        Assert.Empty(Records());
    }

    [Fact]
    public async Task Recursion_stays_in_the_specified_folder()
    {
        folder.Write("outside/x.yaml", Pod);
        folder.Write("tree/a.yaml", Pod);
        Directory.CreateSymbolicLink(folder.File("tree/linked"), folder.File("outside"));
        Directory.CreateSymbolicLink(folder.File("tree/around"), folder.File("tree"));
        File.CreateSymbolicLink(folder.File("tree/x.yaml"), folder.File("outside/x.yaml"));

        var check = await Command.KubeInjectAsync("check", folder.File("tree"), "-R");
        var inject = await InjectAsync(folder.File("tree"), "-R", "--source", "local", "--in-place");

        Assert.EndsWith("in 1 manifest: 0 errors, 2 warnings, 0 notes.\n", check.Error, StringComparison.Ordinal);
        Assert.Equal(0, inject.ExitCode);
        Assert.Equal(Pod, await File.ReadAllTextAsync(folder.File("outside/x.yaml")));
        Assert.Single(Records());
    }

    [Fact]
    public async Task The_next_run_deletes_temporary_files_of_a_killed_process_beside_a_manifest()
    {
        var file = folder.Write("in/a.yaml", Pod);
        await KilledWriter.KillAsync(folder.File("in/b.yaml"));
        Assert.Equal(2, Directory.GetFiles(folder.File("in")).Length);

        await InjectAsync(file, "--source", "local", "--in-place");

        Assert.Equal([file], Directory.GetFiles(folder.File("in")));
    }

    [Fact]
    public async Task The_next_list_deletes_temporary_files_of_a_killed_process_beside_lease_records()
    {
        var leases = Directory.CreateDirectory(folder.File("leases")).FullName;
        await KilledWriter.KillAsync(Path.Combine(leases, $"{Guid.NewGuid()}.json"));
        Assert.Single(Directory.GetFiles(leases));

        await new FileLeaseStore(leases).ListAsync(CancellationToken.None);

        Assert.Empty(Directory.GetFiles(leases));
    }

    private Task<Command> InjectAsync(params string[] arguments) => Command.KubeInjectAsync(["inject", .. arguments], home: folder.File("home"));

    // A user who can read everything, because the parent folders may be closed to other users, and has normal write permissions.
    private Task<Command> RunAsOtherUserAsync(params string[] arguments) => Command.RunAsync(
        "setpriv",
        ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search", TestedProgram.File, .. TestedProgram.ArgumentsFor(["inject", .. arguments, "--source", "local", "--lease-folder", folder.File("home/leases")])],
        home: folder.Path,
        workingFolder: "/");

    private string[] Records() => Directory.Exists(folder.File("home")) ? Directory.GetFiles(folder.File("home"), "*.json", SearchOption.AllDirectories) : [];

    private static void GrantAccess(params string[] paths)
    {
        foreach (var path in paths)
            File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
    }
}
