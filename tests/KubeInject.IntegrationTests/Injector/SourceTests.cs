using System.Text.RegularExpressions;
using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.IntegrationTests.Vault;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Injector;

/// <summary>The credential sources of the program, each configured in a different way.</summary>
[Collection(nameof(VaultFixtures))]
public sealed class SourceTests(VaultFixtures worlds) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<VaultKind> Vaults => VaultKinds.All;

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Vault_with_an_AppRole_in_the_settings_file(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        folder.Write("secret-id", (await fixture.SecretIdAsync()).Reveal() + "\n");
        var config = folder.Write("settings.yaml", $"source: vault\nvault-address: {fixture.Proxy.Address}\nvault-role-id: {await fixture.RoleIdAsync()}\nvault-secret-id-file: secret-id\n");

        await AccountsForAsync(Manifest(fixture.Namespace, VaultFixture.Role), [], "--config", config);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Vault_with_the_variables_of_the_Vault_CLI(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        var token = (await fixture.TokenAsync("kubeinject")).Reveal();

        var reported = await AccountsForAsync(Manifest(fixture.Namespace, VaultFixture.Role), new() { ["VAULT_ADDR"] = $"{fixture.Proxy.Address}", ["VAULT_TOKEN"] = token }, "--source", "vault");

        Assert.DoesNotContain(token, reported, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Vault_with_the_ServiceAccounts_of_the_pods(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        var file = folder.Write("token", (await fixture.TokenAsync("kubeinject")).Reveal());

        await AccountsForAsync(
            Manifest(fixture.Namespace, VaultFixture.Role), new() { ["KUBEINJECT_VAULT_POD_IDENTITY"] = "true" },
            "--source", "vault", "--vault-address", $"{fixture.Proxy.Address}", "--vault-token-file", file);
    }

    [Fact]
    public async Task PostgreSQL_with_the_variables_of_its_client_programs()
    {
        var admin = ConnectionText.Parse(TestDatabase.Superuser);
        var role = await TestDatabase.CreateRoleAsync();
        var space = await TestCluster.CreateNamespaceAsync();
        var variables = new Dictionary<string, string?> { ["PGHOST"] = admin.Host, ["PGPORT"] = $"{admin.Port}", ["PGUSER"] = admin.Username, ["PGPASSWORD"] = admin.Password };

        await AccountsForAsync(Manifest(space, role), variables, "--source", "postgresql", "--lease-namespace", space);

        await TestDatabase.ExecuteAsync($"DROP ROLE {role}");
        Assert.Empty(await SecretsAsync(space));
    }

    [Fact]
    public async Task Secrets_of_the_cluster()
    {
        var space = await TestCluster.CreateNamespaceAsync();
        await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{space}/secrets", """{"metadata":{"name":"rw-db"},"stringData":{"username":"orders","password":"canary"}}""");

        var result = await RunAsync("inject", Manifest(space, "rw"), [], "-", "--source", "kube-secret", "--secret-pattern", "{role}-db", "--lease-namespace", space);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("value: \"canary\"", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", result.Error, StringComparison.Ordinal);
        Assert.Equal(["Opaque", KubeLeaseStore.SecretType], (await SecretsAsync(space)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_missing_Secret_is_reported_and_nothing_is_recorded()
    {
        var space = await TestCluster.CreateNamespaceAsync();

        var result = await RunAsync("inject", Manifest(space, "rw"), [], "-", "--source", "kube-secret", "--secret-pattern", "{role}-db", "--lease-namespace", space);

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains($"{space}/secret/rw-db does not exist", result.Error, StringComparison.Ordinal);
        Assert.Empty(await SecretsAsync(space));
    }

    [Fact]
    public async Task Credentials_are_delivered_in_a_Secret_that_is_deleted_with_its_lease()
    {
        var space = await TestCluster.CreateNamespaceAsync();
        string[] settings = ["--source", "local", "--lease-folder", folder.File("leases")];

        var injected = await RunAsync("inject", Manifest(space, "rw"), [], ["-", "--delivery", "secret", .. settings]);
        var delivered = await SecretsAsync(space);
        var swept = await RunAsync("sync", "", [], ["--grace-period", "0s", .. settings]);

        Assert.Equal((0, 0), (injected.ExitCode, swept.ExitCode));
        Assert.Contains("secretKeyRef", injected.Output, StringComparison.Ordinal);
        Assert.Equal(["Opaque"], delivered);
        Assert.Empty(await SecretsAsync(space));
    }

    [Fact]
    public async Task A_Secret_can_be_written_before_the_manifest_instead()
    {
        var space = await TestCluster.CreateNamespaceAsync();
        string[] settings = ["-", "--source", "local", "--lease-folder", folder.File("leases"), "--secret-as-manifest"];

        var injected = await RunAsync("inject", Manifest(space, "rw"), [], [.. settings, "--delivery", "secret"]);
        var alone = await RunAsync("inject", Manifest(space, "rw"), [], settings);

        Assert.Equal((0, 2), (injected.ExitCode, alone.ExitCode));
        Assert.Matches("(?s)kind: Secret.*---.*kind: Pod.*secretKeyRef", injected.Output);
        Assert.Contains("--delivery secret", alone.Error, StringComparison.Ordinal);
        Assert.Empty(await SecretsAsync(space));
    }

    /// <summary>A dry run issues nothing. After injection the credential is valid. After a sweep without an owner it is not.</summary>
    private async Task<string> AccountsForAsync(string manifest, Dictionary<string, string?> variables, params string[] settings)
    {
        var dry = await RunAsync("inject", manifest, variables, ["-", "--dry-run", .. settings]);
        var nothing = await RunAsync("sync", "", variables, ["--dry-run", "--grace-period", "0s", .. settings]);
        var injected = await RunAsync("inject", manifest, variables, ["-", .. settings]);
        var plan = await RunAsync("sync", "", variables, ["--dry-run", "--grace-period", "0s", .. settings]);
        var user = Variable(injected.Output, "DBUSER");
        var password = Variable(injected.Output, "DBPASSWORD");
        var credential = new Credential(user, new SensitiveString(password));
        var isGood = await TestDatabase.CanLogInAsync(credential);
        var swept = await RunAsync("sync", "", variables, ["--grace-period", "0s", .. settings]);

        Assert.Equal([0, 0, 0, 0, 0], new[] { dry, nothing, injected, plan, swept }.Select(command => command.ExitCode));
        Assert.Single(nothing.Output.TrimEnd().Split('\n'));
        Assert.Matches($"\nRevoke +[0-9a-f-]{{36}} +.*{Regex.Escape(user)}\n", plan.Output);
        Assert.True(isGood);
        Assert.StartsWith("1 leases: 0 renewed, 1 revoked", swept.Output, StringComparison.Ordinal);
        Assert.False(await TestDatabase.CanLogInAsync(credential));
        var reported = dry.Error + injected.Error + nothing.Output + plan.Output + plan.Error + swept.Output + swept.Error;
        Assert.DoesNotContain(password, reported, StringComparison.Ordinal);
        return reported;
    }

    private Task<Command> RunAsync(string command, string input, Dictionary<string, string?> variables, params string[] arguments)
    {
        var environment = new Dictionary<string, string?>(variables) { ["KUBECONFIG"] = TestCluster.FilePath("kubeconfig") };
        return Command.KubeInjectAsync([command, .. arguments], input, folder.File("home"), environment);
    }

    private static async Task<string[]> SecretsAsync(string @namespace)
    {
        var list = await TestCluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{@namespace}/secrets");
        return [.. list.GetProperty("items").EnumerateArray().Select(secret => secret.GetProperty("type").GetString()!)];
    }

    private static string Manifest(string @namespace, string role) => $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders
          namespace: {{@namespace}}
          labels: {vault-db-injector: "true"}
          annotations:
            db-creds-injector.numberly.io/orders.role: {{role}}
        spec:
          serviceAccountName: {{VaultFixture.Account}}
          containers:
            - name: app
              image: app

        """;

    private static string Variable(string manifest, string name) => Regex.Match(manifest, $"name: {name}\n +value: \"([^\"]+)\"").Groups[1].Value;
}
