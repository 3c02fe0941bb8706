using KubeInject.Annotations;
using KubeInject.Credentials.Vault;
using KubeInject.Diagnosis;
using KubeInject.Manifests;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>The reason why a pod gets no credentials from Vault is reported at its annotation, and nothing is issued to find it.</summary>
[Collection(nameof(VaultFixtures))]
public sealed class VaultDiagnosisTests(VaultFixtures worlds)
{
    private const string RoleName = "diagnosed";
    private const string RoleKey = "db-creds-injector.numberly.io/orders.role";

    /// <summary>A login that may read everything that a diagnosis reads.</summary>
    private const string Looking = "looking";

    private static readonly VaultIssuerOptions PodIdentity = new() { UsePodIdentity = true };

    /// <summary>Faults: how to cause each, and the expected message.</summary>
    private static readonly Dictionary<string, Cause> Causes = new()
    {
        ["no mount"] = new(FindingCode.MissingMount, DiagnosisStatus.Failed) { Mount = "nowhere", Key = InjectionAnnotation.Cluster },
        ["another engine at the mount"] = new(FindingCode.NotADatabaseMount, DiagnosisStatus.Failed) { Mount = "plain", Key = InjectionAnnotation.Cluster },
        ["no database role"] = new(FindingCode.MissingDatabaseRole, DiagnosisStatus.Failed) { SetUp = world => world.Vault.SendAsync(HttpMethod.Delete, $"databases/roles/{RoleName}") },
        ["no auth method"] = new(FindingCode.MissingAuthMethod, DiagnosisStatus.Failed) { Options = new VaultIssuerOptions { AuthMount = "nowhere" } },
        ["no auth role"] = new(FindingCode.MissingAuthRole, DiagnosisStatus.Failed) { SetUp = world => world.Vault.SendAsync(HttpMethod.Delete, $"auth/kubernetes/role/{RoleName}") },
        ["another ServiceAccount"] = new(FindingCode.UnboundServiceAccount, DiagnosisStatus.Failed) { SetUp = world => world.CreateRoleAsync(RoleName, "intruder", world.Namespace) },
        ["another namespace"] = new(FindingCode.UnboundNamespace, DiagnosisStatus.Failed) { SetUp = world => world.CreateRoleAsync(RoleName, VaultFixture.Account, "elsewhere") },
        ["policy not assigned"] = new(FindingCode.PolicyNotAssigned, DiagnosisStatus.Failed) { SetUp = world => world.CreateRoleAsync(RoleName, VaultFixture.Account, world.Namespace, policies: ["other"]) },
        ["no policy"] = new(FindingCode.MissingPolicy, DiagnosisStatus.Failed) { SetUp = world => world.Vault.SendAsync(HttpMethod.Delete, $"sys/policies/acl/{RoleName}") },
        ["policy without the path"] = new(FindingCode.PolicyWithoutCredentials, DiagnosisStatus.Failed) { SetUp = world => world.CreateRoleAsync(RoleName, VaultFixture.Account, world.Namespace, grants: false) },
        ["no policy of the auth role grants the path"] = new(FindingCode.PolicyWithoutCredentials, DiagnosisStatus.Failed) { SetUp = GiveOtherPolicyAsync, Options = PodIdentity },
        ["batch tokens"] = new(FindingCode.UnsuitableTokens, DiagnosisStatus.Failed) { SetUp = world => world.CreateRoleAsync(RoleName, VaultFixture.Account, world.Namespace, tokenType: "batch"), Options = PodIdentity },
        ["no period"] = new(FindingCode.NoTokenPeriod, DiagnosisStatus.Warning) { Options = PodIdentity },
        ["ends early"] = new(FindingCode.ShortTimeToLive, DiagnosisStatus.Warning) { SetUp = world => SetTimesAsync(world, "1m", "24h") },
        ["expires soon and cannot be renewed"] = new(FindingCode.LimitedLifetime, DiagnosisStatus.Warning) { SetUp = world => SetTimesAsync(world, "10m", "30m") },
        ["no separate limit"] = new(FindingCode.LimitedLifetime, DiagnosisStatus.Passed) { SetUp = world => SetTimesAsync(world, "1h", "0") },
    };

    public static TheoryData<VaultKind> Vaults => VaultKinds.All;

    public static TheoryData<VaultKind, string> Everything
    {
        get
        {
            var data = new TheoryData<VaultKind, string>();
            foreach (var kind in VaultKinds.Present)
            {
                foreach (var name in Causes.Keys)
                    data.Add(kind, name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task A_cause_is_the_only_finding_and_is_reported_at_its_annotation(VaultKind kind, string name)
    {
        var cause = Causes[name];
        var world = await PrepareAsync(kind);
        await cause.SetUp(world);

        var link = await DiagnoseAsync(world, await LookingAsync(world), cause);

        var finding = Assert.Single(link.Findings);
        Assert.Equal((cause.Code, cause.Key, cause.State), (finding.Code, finding.Key, link.State));
        Assert.Equal(cause.Key == RoleKey ? 8 : 7, finding.Line);
        Assert.False(string.IsNullOrEmpty(finding.Suggestion));
        if (link.State != DiagnosisStatus.Passed)
            Assert.Equal(finding.Message, link.Text);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_valid_configuration_passes_and_nothing_is_issued_or_changed(VaultKind kind)
    {
        var world = await PrepareAsync(kind);
        var login = await LookingAsync(world);
        var live = await world.LiveAsync();

        var link = await DiagnoseAsync(world, login, new Cause("", DiagnosisStatus.Passed));

        Assert.Empty(link.Findings);
        Assert.Equal((DiagnosisStatus.Passed, $"Vault issues credentials of databases/{RoleName}."), (link.State, link.Text));
        Assert.All(world.Gate.Requests, request => Assert.Equal("GET", request.Method));
        Assert.DoesNotContain(world.Gate.Requests, request => request.Path.Contains("/creds/", StringComparison.Ordinal));
        Assert.Equal(live, await world.LiveAsync());
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task If_the_login_lacks_a_permission_the_result_is_unknown_and_the_suggested_policy_fixes_it(VaultKind kind)
    {
        var world = await PrepareAsync(kind);

        var unknown = await DiagnoseAsync(world, world.Login, new Cause("", DiagnosisStatus.Unknown));

        Assert.Equal(DiagnosisStatus.Unknown, unknown.State);
        var finding = Assert.Single(unknown.Findings);
        Assert.Equal((FindingCode.VaultPermissionMissing, FindingSeverity.Information), (finding.Code, finding.Severity));
        var lines = finding.Suggestion!["Add to its policy: ".Length..].TrimEnd('.');
        Assert.Contains(lines, unknown.Text, StringComparison.Ordinal);

        await world.Vault.WriteAsync("sys/policies/acl/lacking", new { policy = lines });
        var seen = await DiagnoseAsync(world, VaultLogin.Token(await world.TokenAsync("kubeinject", "lacking")), new Cause("", DiagnosisStatus.Passed));
        Assert.Equal((DiagnosisStatus.Passed, 0), (seen.State, seen.Findings.Count));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task If_Vault_cannot_be_reached_the_result_is_unknown_with_the_reason(VaultKind kind)
    {
        var world = await PrepareAsync(kind);
        world.Gate.Rule = _ => VaultGate.Fault.Error(503, "Vault is sealed");

        var link = await DiagnoseAsync(world, await LookingAsync(world), new Cause("", DiagnosisStatus.Unknown));

        var finding = Assert.Single(link.Findings);
        Assert.Equal((DiagnosisStatus.Unknown, FindingCode.VaultUnavailable, FindingSeverity.Warning), (link.State, finding.Code, finding.Severity));
        Assert.EndsWith("is sealed.", finding.Message, StringComparison.Ordinal);
        Assert.StartsWith("Unseal it", finding.Suggestion, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Pods_with_the_same_request_are_looked_up_once(VaultKind kind)
    {
        var world = await PrepareAsync(kind);
        using var vault = world.Client(await LookingAsync(world));
        var diagnostician = new PodDiagnostician(source: world.Source(vault));
        await diagnostician.DiagnoseAsync(Manifest(world, null), CancellationToken.None);
        var asked = world.Gate.Requests.Count;

        await diagnostician.DiagnoseAsync(Manifest(world, null), CancellationToken.None);

        Assert.Equal(asked, world.Gate.Requests.Count);
    }

    private async Task<VaultFixture> PrepareAsync(VaultKind kind)
    {
        var world = await worlds.OfAsync(kind);

        // Settings of an earlier test would remain.
        await world.Vault.SendAsync(HttpMethod.Delete, $"auth/kubernetes/role/{RoleName}");
        await world.CreateRoleAsync(RoleName, VaultFixture.Account, world.Namespace);
        return world;
    }

    private static async Task<VaultLogin> LookingAsync(VaultFixture world)
    {
        var paths = new[] { "auth/kubernetes/role/*", "auth/nowhere/role/*", "databases/roles/*", "nowhere/roles/*", "plain/roles/*", "sys/policies/acl/*" };
        await world.Vault.WriteAsync($"sys/policies/acl/{Looking}", new { policy = string.Join('\n', paths.Select(path => $$"""path "{{path}}" { capabilities = ["read"] }""")) });
        return VaultLogin.Token(await world.TokenAsync(Looking));
    }

    private static async Task<DiagnosisStep> DiagnoseAsync(VaultFixture world, VaultLogin login, Cause cause)
    {
        using var vault = world.Client(login);
        var diagnoses = await new PodDiagnostician(source: world.Source(vault, cause.Options)).DiagnoseAsync(Manifest(world, cause.Mount), CancellationToken.None);
        return diagnoses.Single().Steps.Single(link => link.Step == DiagnosisStepKind.Source);
    }

    private static ManifestSource Manifest(VaultFixture world, string? mount) => ManifestSource.FromText($"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders-1
          namespace: {world.Namespace}
          annotations:
            db-creds-injector.numberly.io/cluster: {mount ?? "databases"}
            {RoleKey}: {RoleName}
        spec:
          serviceAccountName: {VaultFixture.Account}
        """);

    private static async Task SetTimesAsync(VaultFixture world, string first, string last) =>
        await world.Vault.WriteAsync($"databases/roles/{RoleName}", new { db_name = "rig", creation_statements = new[] { "SELECT 1" }, default_ttl = first, max_ttl = last });

    private static async Task GiveOtherPolicyAsync(VaultFixture world) => await world.Vault.WriteAsync($"auth/kubernetes/role/{RoleName}", new
    {
        bound_service_account_names = new[] { VaultFixture.Account },
        bound_service_account_namespaces = new[] { world.Namespace },
        token_policies = new[] { Looking },
        token_period = "24h",
    });

    private sealed record Cause(string Code, DiagnosisStatus State)
    {
        public string Key { get; init; } = RoleKey;

        public string? Mount { get; init; }

        public VaultIssuerOptions? Options { get; init; }

        public Func<VaultFixture, Task> SetUp { get; init; } = _ => Task.CompletedTask;
    }
}
