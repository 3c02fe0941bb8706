using System.Text.Json;

namespace KubeInject.IntegrationTests.Injector;

/// <summary><c>kubeinject sync</c>, as a CronJob runs it.</summary>
public sealed class SyncCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static string ThisCluster { get; } = TestCluster.SendAsync(HttpMethod.Get, "/api/v1/namespaces/kube-system").GetAwaiter().GetResult().GetProperty("metadata").GetProperty("uid").GetString()!;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_sweep_revokes_leases_without_an_owner_and_prints_a_summary()
    {
        Record("gone", ageMinutes: 60);
        Record("young", ageMinutes: 1);

        var result = await SyncAsync("--source", "local");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"\A2 leases: 0 renewed, 1 revoked, 0 cleaned up, 1 kept, 0 failed, in \d+\.\d s\n\z", result.Output);
        Assert.Empty(result.Error);
        Assert.Single(Records());
    }

    [Fact]
    public async Task A_dry_run_shows_the_plan_and_changes_nothing()
    {
        var uuid = Record("gone", ageMinutes: 60);

        var result = await SyncAsync("--source", "local", "--dry-run");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches("^ACTION +LEASE +OWNER +ROLE +USERNAME\n", result.Output);
        Assert.Contains($"Revoke   {uuid}   shop/pod/gone   rw     user-of-gone\n", result.Output, StringComparison.Ordinal);
        Assert.Single(Records());
    }

    [Fact]
    public async Task Settings_can_come_from_the_environment_and_from_a_file()
    {
        Record("gone", ageMinutes: 60);
        var config = folder.Write("settings.yaml", "source: local\nlease-folder: leases\ngrace-period: 2h\n");

        var byFile = await RunAsync(new() { ["KUBEINJECT_CONFIG"] = config });
        var byVariable = await RunAsync(new() { ["KUBEINJECT_GRACE_PERIOD"] = "5m" }, "--config", config);

        Assert.StartsWith("1 leases: 0 renewed, 0 revoked, 0 cleaned up, 1 kept", byFile.Output, StringComparison.Ordinal);
        Assert.StartsWith("1 leases: 0 renewed, 1 revoked", byVariable.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_that_cannot_be_revoked_makes_the_exit_code_1_and_keeps_its_record()
    {
        Record("gone", ageMinutes: 60, source: "postgresql", place: "127.0.0.1:1");

        var result = await RunAsync(new() { ["PGPASSWORD"] = "canary" }, "--source", "postgresql", "--postgresql-connection", "Host=127.0.0.1;Port=1;Username=nouser", "--lease-folder", folder.File("leases"));

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: Revoke ", result.Error, StringComparison.Ordinal);
        Assert.Contains("0 revoked, 0 cleaned up, 0 kept, 1 failed", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Single(Records());
    }

    [Fact]
    public async Task Leases_of_another_source_or_server_are_skipped()
    {
        Record("gone", ageMinutes: 60, source: "postgresql", place: "db:5432");

        var local = await SyncAsync("--source", "local");
        var other = await SyncAsync("--source", "postgresql", "--postgresql-connection", "Host=127.0.0.1;Port=1");

        Assert.StartsWith("0 leases: ", local.Output, StringComparison.Ordinal);
        Assert.StartsWith("0 leases: ", other.Output, StringComparison.Ordinal);
        Assert.Single(Records());
    }

    [Fact]
    public async Task If_pods_cannot_be_listed_nothing_is_revoked()
    {
        Record("gone", ageMinutes: 60);

        var result = await SyncAsync("--source", "local", "--context", "viewer");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("pods is forbidden", result.Error, StringComparison.Ordinal);
        Assert.Single(Records());
    }

    [Fact]
    public async Task A_folder_of_another_cluster_or_of_none_is_skipped_with_a_remedy()
    {
        Record("of-another", ageMinutes: 60, cluster: $"{Guid.NewGuid()}");
        var nameless = Record("of-none", ageMinutes: 60);
        var path = folder.File($"leases/{nameless}.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("ClusterUid", "Other", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));

        var result = await SyncAsync("--source", "local");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("2 leases: 0 renewed, 0 revoked, 0 cleaned up, 2 kept, 0 failed", result.Output, StringComparison.Ordinal);
        Assert.Contains("skipped because its record names another cluster", result.Error, StringComparison.Ordinal);
        Assert.Contains("Revoke-CredentialLease", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, Records().Length);
    }

    [Fact]
    public async Task An_unreadable_record_makes_the_exit_code_1_and_the_others_are_swept()
    {
        Record("gone", ageMinutes: 60);
        var broken = folder.Write($"leases/{Guid.NewGuid()}.json", "{\"Uuid\":");

        var result = await SyncAsync("--source", "local");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("1 leases: 0 renewed, 1 revoked, 0 cleaned up, 0 kept, 0 failed, 1 unreadable", result.Output, StringComparison.Ordinal);
        Assert.StartsWith($"error: {broken}: ", result.Error, StringComparison.Ordinal);
        Assert.Equal([broken], Records());
    }

    [Fact]
    public async Task The_age_of_a_lease_is_the_age_of_its_file_whatever_its_record_says()
    {
        var uuid = Record("gone", ageMinutes: 60);
        File.SetLastWriteTimeUtc(folder.File($"leases/{uuid}.json"), DateTime.UtcNow);

        Assert.StartsWith("1 leases: 0 renewed, 0 revoked, 0 cleaned up, 1 kept", (await SyncAsync("--source", "local")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Specify the source of the credentials with --source: ")]
    [InlineData("--grace-period must be a duration, such as 90s, 15m, 1h30m or 2d.", "--source", "local", "--grace-period", "5")]
    [InlineData("The source 'kube-secret' requires --secret-pattern, KUBEINJECT_SECRET_PATTERN, or 'secret-pattern' in the settings file.", "--source", "kube-secret")]
    [InlineData("The pattern 'a/b/c' has more than one slash", "--source", "kube-secret", "--secret-pattern", "a/b/c")]
    [InlineData("The source 'postgresql' requires --postgresql-connection", "--source", "postgresql")]
    [InlineData("--postgresql-connection contains a password, which every user of the machine can read.", "--source", "postgresql", "--postgresql-connection", "postgresql://admin:x@db/orders")]
    [InlineData("--postgresql-connection contains a password", "--source", "postgresql", "--postgresql-connection", "Host=db;Password=x")]
    [InlineData("--postgresql-connection contains a password", "--source", "postgresql", "--postgresql-connection", "Host=db;PSW=x")]
    [InlineData("--postgresql-connection contains a password", "--source", "postgresql", "--postgresql-connection", "postgresql://postgres%3Ax@db/orders")]
    [InlineData("--postgresql-connection contains a password", "--source", "postgresql", "--postgresql-connection", "postgresql://db/orders?p%61ssword=x")]
    [InlineData("Specify --lease-folder or --lease-namespace, not both.", "--source", "kube-secret", "--secret-pattern", "{role}", "--lease-namespace", "kubeinject")]
    [InlineData("The source 'vault' requires --vault-address", "--source", "vault")]
    [InlineData("The settings file missing.yaml cannot be read", "--config", "missing.yaml")]
    [InlineData("Unrecognized command or argument '--vault-token'", "--source", "vault", "--vault-token", "x")]
    public async Task A_usage_error_is_one_line_on_standard_error(string problem, params string[] arguments)
    {
        var result = await SyncAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith($"error: {problem}", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Help_has_examples_settings_and_exit_codes()
    {
        var result = await Command.KubeInjectAsync("sync", "--help");

        Assert.Equal(0, result.ExitCode);
        Assert.All(new[] { "Examples:\n", "Settings:\n", "Exit codes:\n", "--vault-token-file" }, text => Assert.Contains(text, result.Output, StringComparison.Ordinal));
        Assert.Empty(result.Error);
    }

    private Task<Command> SyncAsync(params string[] arguments) => RunAsync([], [.. arguments, "--lease-folder", folder.File("leases")]);

    private Task<Command> RunAsync(Dictionary<string, string?> variables, params string[] arguments)
    {
        variables["KUBECONFIG"] = TestCluster.FilePath("kubeconfig");
        return Command.KubeInjectAsync(["sync", .. arguments], home: folder.File("home"), environment: variables);
    }

    private string[] Records() => Directory.GetFiles(folder.File("leases"));

    private Guid Record(string name, int ageMinutes, string source = "local", string? place = null, string? cluster = null)
    {
        var uuid = Guid.NewGuid();
        folder.Write($"leases/{uuid}.json", JsonSerializer.Serialize(new
        {
            Uuid = uuid,
            Source = source,
            Place = place,
            IsComplete = true,
            Database = "orders",
            Role = "rw",
            Owner = new { Kind = "Pod", Namespace = "shop", Name = name },
            ServiceAccountName = "default",
            RecordedAt = DateTimeOffset.UtcNow.AddMinutes(-ageMinutes),
            Username = $"user-of-{name}",
            ClusterUid = cluster ?? ThisCluster,
        }));
        File.SetLastWriteTimeUtc(folder.File($"leases/{uuid}.json"), DateTime.UtcNow.AddMinutes(-ageMinutes));
        return uuid;
    }
}
