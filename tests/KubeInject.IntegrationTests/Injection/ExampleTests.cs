using System.Text.Json;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Injection;

/// <summary>The manifests of the README work as it describes.</summary>
public sealed class ExampleTests
{
    public static TheoryData<string> Examples =>
        [.. Directory.GetFiles(Repository.File("examples")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task The_API_server_accepts_the_injected_manifest(string example)
    {
        using var folder = new TemporaryFolder();
        var result = await Command.KubeInjectAsync(["inject", $"examples/{example}", "--source", "local", "--output", folder.Path], home: folder.File("home"));

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Output);
        await Command.KubectlAsync("apply", "--dry-run=server", "-f", await ForServerAsync(folder.File(example)));
    }

    [Fact]
    public async Task The_README_starts_with_a_command_that_prints_the_example_with_credentials()
    {
        const string Program = "    dotnet run --project src/KubeInject.Injector -- ";
        Assert.True(File.Exists(Repository.File("src", "KubeInject.Injector", "KubeInject.Injector.csproj")));
        var line = File.ReadLines(Repository.File("README.md")).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Single(line => line.StartsWith(Program, StringComparison.Ordinal));
        using var folder = new TemporaryFolder();

        var result = await Command.KubeInjectAsync(line[Program.Length..].Split(' '), home: folder.Path);

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"(?m)^ +- name: PGPASSWORD\n +value: ""\w{24}""$", result.Output);
        Assert.Contains("deployment/orders", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_created_pod_has_exactly_the_expected_variables()
    {
        var template = await CreateAsync("pod.yaml", "pod/psql");

        var variables = Variables(template, "containers", 0);
        Assert.Equal(["PGUSER", "PGPASSWORD"], variables.Select(variable => variable.Name));
        Assert.StartsWith("local-readonly-", variables[0].Value, StringComparison.Ordinal);
        Assert.Equal(24, variables[1].Value.Length);
        Assert.True(Guid.TryParse(Uuids(template), out _));
    }

    [Fact]
    public async Task A_created_Deployment_has_exactly_the_expected_variables()
    {
        var template = (await CreateAsync("orders.yaml", "deployment/orders")).GetProperty("spec").GetProperty("template");

        var migrate = Variables(template, "initContainers", 0);
        var orders = Variables(template, "containers", 0);
        Assert.Equal(["ANALYTICS_URL", "REPORTS_URL", "PGUSER", "PGPASSWORD"], migrate.Select(variable => variable.Name));
        Assert.Equal(["PGHOST", "PGDATABASE", "ANALYTICS_URL", "REPORTS_URL", "PGUSER", "PGPASSWORD"], orders.Select(variable => variable.Name));
        Assert.Equal(migrate, orders.Skip(2));
        Assert.Matches(@"^postgres://local-analytics-ro-[0-9a-f]{8}:[A-Za-z0-9]{24}@analytics-db:5432/events\?sslmode=require$", migrate[0].Value);
        Assert.Equal(migrate[0].Value, migrate[1].Value);
        Assert.Equal(2, Uuids(template).Split(',').Count(uuid => Guid.TryParse(uuid, out _)));
    }

    [Fact]
    public async Task A_created_CronJob_has_exactly_the_expected_variables()
    {
        var job = (await CreateAsync("cronjob.yaml", "cronjob/cleanup")).GetProperty("spec").GetProperty("jobTemplate").GetProperty("spec");

        var variables = Variables(job.GetProperty("template"), "containers", 0);
        Assert.Equal(["DATABASE_URL"], variables.Select(variable => variable.Name));
        Assert.Matches(@"^postgresql://local-cleanup-[0-9a-f]{8}:[A-Za-z0-9]{24}@orders-db:5432/orders$", variables[0].Value);
    }

    [Fact]
    public async Task A_created_List_has_exactly_the_expected_variables()
    {
        var template = (await CreateAsync("list.json", "statefulset/reports")).GetProperty("spec").GetProperty("template");

        Assert.Equal(["DB_USER", "DB_PASSWORD"], Variables(template, "containers", 0).Select(variable => variable.Name));
    }

    [Fact]
    public async Task The_findings_of_the_broken_example_have_a_location()
    {
        using var folder = new TemporaryFolder();
        var result = await Command.KubeInjectAsync(["inject", "examples/broken", "--source", "local"], home: folder.Path);

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains("error: examples/broken/orders.yaml:2:1: pod/orders: KI003 Database 'orders' has no role", result.Error, StringComparison.Ordinal);
        Assert.Contains("warning: examples/broken/orders.yaml:7:5: pod/orders: KI002", result.Error, StringComparison.Ordinal);
        Assert.Contains("Rename it to 'db-creds-injector.numberly.io/orders.role'", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static async Task<JsonElement> CreateAsync(string example, string created)
    {
        using var folder = new TemporaryFolder();
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await Command.KubeInjectAsync(["inject", $"examples/{example}", "--source", "local", "--output", folder.Path], home: folder.File("home"));
        await Command.KubectlAsync("apply", "-n", @namespace, "-f", await ForServerAsync(folder.File(example)));
        return JsonSerializer.Deserialize<JsonElement>(await Command.KubectlAsync("get", "-n", @namespace, created, "-o", "json"));
    }

    /// <summary>Changes the version of a CronJob in a file to the version that the server supports.</summary>
    private static async Task<string> ForServerAsync(string path)
    {
        var cronJobs = await TestCluster.DiscoverAsync(KubeResource.CronJobs);
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("apiVersion: batch/v1\n", $"apiVersion: {cronJobs.ApiVersion}\n", StringComparison.Ordinal));
        return path;
    }

    private static List<(string Name, string Value)> Variables(JsonElement template, string list, int container) =>
        [.. template.GetProperty("spec").GetProperty(list)[container].GetProperty("env").EnumerateArray()
            .Select(variable => (variable.GetProperty("name").GetString()!, variable.GetProperty("value").GetString()!))];

    private static string Uuids(JsonElement template) =>
        template.GetProperty("metadata").GetProperty("annotations").GetProperty("db-creds-injector.numberly.io/uuid").GetString()!;
}
