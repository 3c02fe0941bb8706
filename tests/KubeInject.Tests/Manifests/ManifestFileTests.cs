using System.Diagnostics;
using KubeInject.Files;
using KubeInject.Manifests;
using KubeInject.Testing;
using KubeInject.Tests.Injection;
using KubeInject.Tests.Kubernetes;

namespace KubeInject.Tests.Manifests;

/// <summary>A file is replaced completely or not at all, keeps its attributes, and is not replaced if it has changed or if a link leads to it.</summary>
public sealed class ManifestFileTests : IDisposable
{
    private const string Edit = "# an edit that was saved meanwhile\n";
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

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_can_be_read_while_its_replacement_completes()
    {
        var file = folder.Write("a.yaml", Pod);
        using var replacement = FileReplacement.Prepare(file, keepsAll: true);
        await replacement.WriteAsync("new: text\n"u8.ToArray(), CancellationToken.None);
        replacement.Complete();

        var read = await ManifestSource.FromPath(file)[0].ReadAsync(CancellationToken.None);

        Assert.Equal("new: text\n", read.Content);
    }

    [Theory]
    [InlineData("an edit")]
    [InlineData("the same text in another file")]
    [InlineData("a deletion")]
    public async Task A_concurrent_change_of_the_file_is_kept_and_the_issued_credentials_are_revoked(string change)
    {
        var file = folder.Write("a.yaml", Pod);
        var fixture = new InjectionFixture(request =>
        {
            switch (change)
            {
                case "an edit":
                    File.AppendAllText(file, Edit);
                    break;
                case "a deletion":
                    File.Delete(file);
                    break;
                default:
                    File.Move(folder.Write("new", Pod), file, overwrite: true);
                    break;
            }

            return new("user", new SensitiveString("password"));
        });

        var result = await fixture.Injector.InjectAsync(Assert.Single(ManifestSource.FromPath(file)), ManifestOutput.InPlace(), CancellationToken.None);

        Assert.Equal($"{file} was changed by another program in the meantime and was not replaced. Run the command again.", result.Error);
        Assert.Equal(change switch { "an edit" => Pod + Edit, "a deletion" => null, _ => Pod }, File.Exists(file) ? await File.ReadAllTextAsync(file) : null);
        Assert.Single(fixture.Issuer.Issued);
        Assert.Empty(fixture.Issuer.Live);
        Assert.Empty(fixture.Leases.Records);
        AssertNothingElse(change == "a deletion" ? [] : ["a.yaml"]);
    }

    [Fact]
    public async Task A_file_that_appears_in_the_output_folder_meanwhile_is_kept()
    {
        var file = folder.Write("a.yaml", Pod);
        var fixture = new InjectionFixture(request =>
        {
            folder.Write("out/a.yaml", "other");
            return new("user", new SensitiveString("password"));
        });

        var result = await fixture.Injector.InjectAsync(Assert.Single(ManifestSource.FromPath(file)), ManifestOutput.ToFolder(Path.Combine(folder.Path, "out")), CancellationToken.None);

        Assert.Contains("was changed by another program in the meantime", result.Error, StringComparison.Ordinal);
        Assert.Equal("other", await File.ReadAllTextAsync(Path.Combine(folder.Path, "out", "a.yaml")));
        Assert.Empty(fixture.Issuer.Live);
    }

    [Fact]
    public async Task An_edit_that_is_saved_while_an_annotation_is_set_is_kept()
    {
        var file = folder.Write("a.yaml", Pod);
        var source = Assert.Single(ManifestSource.FromPath(file));
        var text = await source.ReadAsync(CancellationToken.None);
        await File.AppendAllTextAsync(file, Edit);

        await Assert.ThrowsAsync<IOException>(() => ManifestOutput.InPlace().WriteAsync(source, text, "other", CancellationToken.None));

        Assert.Equal(Pod + Edit, await File.ReadAllTextAsync(file));
        AssertNothingElse("a.yaml");
    }

    [LinuxFact]
    public async Task A_file_whose_attributes_cannot_be_kept_is_rejected_before_anything_is_issued()
    {
        await RefusesAsync("has 2 names (hard links)", file => Run("ln", file, Path.Combine(folder.Path, "other")));
        await RefusesAsync("is read-only", file => Run("chmod", "444", file));
    }

    [LinuxFact]
    public async Task A_file_that_does_not_change_can_be_read_only()
    {
        var file = folder.Write("a.yaml", "kind: ConfigMap\n");
        Run("chmod", "400", file);

        var result = await new InjectionFixture().Injector.InjectAsync(Assert.Single(ManifestSource.FromPath(file)), ManifestOutput.InPlace(), CancellationToken.None);

        Assert.Null(result.Error);
        AssertNothingElse("a.yaml");
    }

    [LinuxFact(NeedsRoot = true)]
    public async Task A_file_of_another_user_keeps_its_owner_group_and_mode()
    {
        var file = folder.Write("a.yaml", Pod);
        Run("chown", "12345:23456", file);
        Run("chmod", "660", file);

        var result = await new InjectionFixture().Injector.InjectAsync(Assert.Single(ManifestSource.FromPath(file)), ManifestOutput.InPlace(), CancellationToken.None);

        Assert.Null(result.Error);
        Assert.NotEqual(Pod, await File.ReadAllTextAsync(file));
        Assert.Equal("12345 23456 660", Run("stat", "-c", "%u %g %a", file));
    }

    [LinuxFact]
    public async Task A_file_keeps_its_extended_attributes()
    {
        const string Note = "user.kubeinject-test";
        var file = folder.Write("a.yaml", Pod);
        Assert.True(NativeFile.SetAttribute(file, Note, "kept"u8.ToArray()));

        await new InjectionFixture().Injector.InjectAsync(Assert.Single(ManifestSource.FromPath(file)), ManifestOutput.InPlace(), CancellationToken.None);

        Assert.NotEqual(Pod, await File.ReadAllTextAsync(file));
        Assert.Equal("kept"u8.ToArray(), NativeFile.Attribute(file, Note));
    }

    [Theory]
    [InlineData("a.yaml")]
    [InlineData("deploy/a.yaml")]
    public async Task Nothing_is_written_through_a_link_in_the_output_folder(string name)
    {
        var outside = folder.Write("outside/a.yaml", "kept");
        folder.Write($"in/{name}", Pod);
        var output = Directory.CreateDirectory(Path.Combine(folder.Path, "out")).FullName;
        if (name == "a.yaml")
            File.CreateSymbolicLink(Path.Combine(output, "a.yaml"), outside);
        else
            Directory.CreateSymbolicLink(Path.Combine(output, "deploy"), Path.GetDirectoryName(outside)!);
        var fixture = new InjectionFixture();

        var result = await fixture.Injector.InjectAsync(Assert.Single(ManifestSource.FromPath(Path.Combine(folder.Path, "in"), recurse: true)), ManifestOutput.ToFolder(output), CancellationToken.None);

        Assert.Contains("is a link to ", result.Error, StringComparison.Ordinal);
        Assert.Equal("kept", await File.ReadAllTextAsync(outside));
        Assert.Empty(fixture.Issuer.Issued);
    }

    [Fact]
    public async Task The_output_folder_can_be_a_link_but_not_to_the_folder_of_the_manifests()
    {
        var file = folder.Write("in/a.yaml", Pod);
        Directory.CreateDirectory(Path.Combine(folder.Path, "real"));
        var link = Directory.CreateSymbolicLink(Path.Combine(folder.Path, "out"), Path.Combine(folder.Path, "real")).FullName;
        var same = Directory.CreateSymbolicLink(Path.Combine(folder.Path, "same"), Path.Combine(folder.Path, "in")).FullName;

        Assert.Null((await new InjectionFixture().Injector.InjectAsync(Assert.Single(ManifestSource.FromPath(file)), ManifestOutput.ToFolder(link), CancellationToken.None)).Error);
        Assert.Contains("would overwrite itself", (await new InjectionFixture().Injector.InjectAsync(Assert.Single(ManifestSource.FromPath(file)), ManifestOutput.ToFolder(same), CancellationToken.None)).Error, StringComparison.Ordinal);

        Assert.True(File.Exists(Path.Combine(folder.Path, "real", "a.yaml")));
        Assert.Equal(Pod, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public void Links_in_a_folder_are_followed_only_to_files_in_that_folder()
    {
        folder.Write("outside/x.yaml", Pod);
        folder.Write("tree/a.yaml", Pod);
        folder.Write("tree/sub/b.yaml", Pod);
        var tree = Path.Combine(folder.Path, "tree");
        Directory.CreateSymbolicLink(Path.Combine(tree, "linked"), "../outside");
        Directory.CreateSymbolicLink(Path.Combine(tree, "sub", "up"), "..");
        Directory.CreateSymbolicLink(Path.Combine(tree, "around"), "around");
        File.CreateSymbolicLink(Path.Combine(tree, "around.yaml"), "around.yaml");
        File.CreateSymbolicLink(Path.Combine(tree, "nowhere.yaml"), "nowhere");
        File.CreateSymbolicLink(Path.Combine(tree, "outside.yaml"), "../outside/x.yaml");
        File.CreateSymbolicLink(Path.Combine(tree, "by-a-folder.yaml"), "linked/x.yaml");
        File.CreateSymbolicLink(Path.Combine(tree, "inside.yaml"), "sub/b.yaml");

        Assert.Equal(["a.yaml", "inside.yaml", "sub/b.yaml"], Names(ManifestSource.FromPath(tree, recurse: true)));
        Assert.Equal(["a.yaml", "inside.yaml"], Names(ManifestSource.FromPath(tree)));

        // A link that is specified explicitly is followed.
        Assert.Equal(["outside.yaml"], Names(ManifestSource.FromPath(Path.Combine(tree, "outside.yaml"))));
        Assert.Equal(["x.yaml"], Names(ManifestSource.FromPath(Path.Combine(tree, "linked"))));
    }

    [LinuxFact]
    public void A_pipe_in_a_folder_is_not_a_manifest()
    {
        folder.Write("a.yaml", Pod);
        Run("mkfifo", Path.Combine(folder.Path, "pipe.yaml"));

        Assert.Equal(["a.yaml"], Names(ManifestSource.FromPath(folder.Path, recurse: true)));
    }

    [Fact]
    public async Task Temporary_files_of_killed_processes_are_deleted_and_those_of_running_ones_are_not()
    {
        var file = folder.Write("a.yaml", Pod);
        var left = folder.Write($".b.yaml.{Guid.NewGuid():n}.tmp", "password");
        var users = folder.Write(".notes.tmp", "kept");
        using var living = FileReplacement.Prepare(Path.Combine(folder.Path, "c.yaml"), keepsAll: true);
        folder.Write($".d.yaml.{Guid.NewGuid():n}.tmp", "password");

        TemporaryFile.RemoveAllAbandoned(folder.Path);
        await living.WriteAsync("c"u8.ToArray(), CancellationToken.None);
        living.CompleteUnlessChanged(null);

        Assert.False(File.Exists(left));
        Assert.True(File.Exists(users));
        AssertNothingElse("a.yaml", ".notes.tmp", "c.yaml");
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task A_temporary_file_is_created_while_others_remove_abandoned_files()
    {
        using var created = new CancellationTokenSource();
        var removing = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (!created.IsCancellationRequested)
                TemporaryFile.RemoveAllAbandoned(folder.Path);
        })).ToArray();

        for (var number = 0; number < 5000; number++)
            TemporaryFile.Create(Path.Combine(folder.Path, "a.yaml"), UnixFileMode.UserRead | UnixFileMode.UserWrite).Dispose();
        await created.CancelAsync();
        await Task.WhenAll(removing);

        AssertNothingElse();
    }

    private async Task RefusesAsync(string reason, Action<string> change)
    {
        var file = folder.Write($"{Guid.NewGuid():n}.yaml", Pod);
        change(file);
        var fixture = new InjectionFixture();

        var result = await fixture.Injector.InjectAsync(Assert.Single(ManifestSource.FromPath(file)), ManifestOutput.InPlace(), CancellationToken.None);

        Assert.StartsWith($"{file} ", result.Error, StringComparison.Ordinal);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Empty(fixture.Issuer.Issued);
        Assert.Equal(Pod, await File.ReadAllTextAsync(file));
        Assert.DoesNotContain(Directory.GetFiles(folder.Path), name => name.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private void AssertNothingElse(params string[] names) =>
        Assert.Equal(names.Order(StringComparer.Ordinal), Directory.GetFiles(folder.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Names(IEnumerable<ManifestSource> sources) => sources.Select(source => source.Name);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().TrimEnd('\n');
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
