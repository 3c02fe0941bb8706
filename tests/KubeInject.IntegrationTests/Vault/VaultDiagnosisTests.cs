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
        ["no database role"] = new(FindingCode.MissingDatabaseRole, DiagnosisStatus.Failed) { SetUp = fixture => fixture.Vault.SendAsync(HttpMethod.Delete, $"databases/roles/{RoleName}") },
        ["no auth method"] = new(FindingCode.MissingAuthMethod, DiagnosisStatus.Failed) { Options = new VaultIssuerOptions { AuthMount = "nowhere" } },
        ["no auth role"] = new(FindingCode.MissingAuthRole, DiagnosisStatus.Failed) { SetUp = fixture => fixture.Vault.SendAsync(HttpMethod.Delete, $"auth/kubernetes/role/{RoleName}") },
        ["another ServiceAccount"] = new(FindingCode.UnboundServiceAccount, DiagnosisStatus.Failed) { SetUp = fixture => fixture.CreateRoleAsync(RoleName, "intruder", fixture.Namespace) },
        ["another namespace"] = new(FindingCode.UnboundNamespace, DiagnosisStatus.Failed) { SetUp = fixture => fixture.CreateRoleAsync(RoleName, VaultFixture.Account, "elsewhere") },
        ["policy not assigned"] = new(FindingCode.PolicyNotAssigned, DiagnosisStatus.Failed) { SetUp = fixture => fixture.CreateRoleAsync(RoleName, VaultFixture.Account, fixture.Namespace, policies: ["other"]) },
        ["no policy"] = new(FindingCode.MissingPolicy, DiagnosisStatus.Failed) { SetUp = fixture => fixture.Vault.SendAsync(HttpMethod.Delete, $"sys/policies/acl/{RoleName}") },
        ["policy without the path"] = new(FindingCode.PolicyWithoutCredentials, DiagnosisStatus.Failed) { SetUp = fixture => fixture.CreateRoleAsync(RoleName, VaultFixture.Account, fixture.Namespace, grants: false) },
        ["no policy of the auth role grants the path"] = new(FindingCode.PolicyWithoutCredentials, DiagnosisStatus.Failed) { SetUp = GiveOtherPolicyAsync, Options = PodIdentity },
        ["batch tokens"] = new(FindingCode.UnsuitableTokens, DiagnosisStatus.Failed) { SetUp = fixture => fixture.CreateRoleAsync(RoleName, VaultFixture.Account, fixture.Namespace, tokenType: "batch"), Options = PodIdentity },
        ["no period"] = new(FindingCode.NoTokenPeriod, DiagnosisStatus.Warning) { Options = PodIdentity },
        ["ends early"] = new(FindingCode.ShortTimeToLive, DiagnosisStatus.Warning) { SetUp = fixture => SetTimesAsync(fixture, "1m", "24h") },
        ["expires soon and cannot be renewed"] = new(FindingCode.LimitedLifetime, DiagnosisStatus.Warning) { SetUp = fixture => SetTimesAsync(fixture, "10m", "30m") },
        ["no separate limit"] = new(FindingCode.LimitedLifetime, DiagnosisStatus.Passed) { SetUp = fixture => SetTimesAsync(fixture, "1h", "0") },
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
        var fixture = await PrepareAsync(kind);
        await cause.SetUp(fixture);

        var link = await DiagnoseAsync(fixture, await LookingAsync(fixture), cause);

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
        var fixture = await PrepareAsync(kind);
        var login = await LookingAsync(fixture);
        var live = await fixture.LiveAsync();

        var link = await DiagnoseAsync(fixture, login, new Cause("", DiagnosisStatus.Passed));

        Assert.Empty(link.Findings);
        Assert.Equal((DiagnosisStatus.Passed, $"Vault issues credentials of databases/{RoleName}."), (link.State, link.Text));
        Assert.All(fixture.Proxy.Requests, request => Assert.Equal("GET", request.Method));
        Assert.DoesNotContain(fixture.Proxy.Requests, request => request.Path.Contains("/creds/", StringComparison.Ordinal));
        Assert.Equal(live, await fixture.LiveAsync());
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task If_the_login_lacks_a_permission_the_result_is_unknown_and_the_suggested_policy_fixes_it(VaultKind kind)
    {
        var fixture = await PrepareAsync(kind);

        var unknown = await DiagnoseAsync(fixture, fixture.Login, new Cause("", DiagnosisStatus.Unknown));

        Assert.Equal(DiagnosisStatus.Unknown, unknown.State);
        var finding = Assert.Single(unknown.Findings);
        Assert.Equal((FindingCode.VaultPermissionMissing, FindingSeverity.Information), (finding.Code, finding.Severity));
        var lines = finding.Suggestion!["Add to its policy: ".Length..].TrimEnd('.');
        Assert.Contains(lines, unknown.Text, StringComparison.Ordinal);

        await fixture.Vault.WriteAsync("sys/policies/acl/lacking", new { policy = lines });
        var seen = await DiagnoseAsync(fixture, VaultLogin.Token(await fixture.TokenAsync("kubeinject", "lacking")), new Cause("", DiagnosisStatus.Passed));
        Assert.Equal((DiagnosisStatus.Passed, 0), (seen.State, seen.Findings.Count));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task If_Vault_cannot_be_reached_the_result_is_unknown_with_the_reason(VaultKind kind)
    {
        var fixture = await PrepareAsync(kind);
        fixture.Proxy.Rule = _ => VaultProxy.Fault.Error(503, "Vault is sealed");

        var link = await DiagnoseAsync(fixture, await LookingAsync(fixture), new Cause("", DiagnosisStatus.Unknown));

        var finding = Assert.Single(link.Findings);
        Assert.Equal((DiagnosisStatus.Unknown, FindingCode.VaultUnavailable, FindingSeverity.Warning), (link.State, finding.Code, finding.Severity));
        Assert.EndsWith("is sealed.", finding.Message, StringComparison.Ordinal);
        Assert.StartsWith("Unseal it", finding.Suggestion, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Pods_with_the_same_request_are_looked_up_once(VaultKind kind)
    {
        var fixture = await PrepareAsync(kind);
        using var vault = fixture.Client(await LookingAsync(fixture));
        var diagnostician = new PodDiagnostician(source: fixture.Source(vault));
        await diagnostician.DiagnoseAsync(Manifest(fixture, null), CancellationToken.None);
        var asked = fixture.Proxy.Requests.Count;

        await diagnostician.DiagnoseAsync(Manifest(fixture, null), CancellationToken.None);

        Assert.Equal(asked, fixture.Proxy.Requests.Count);
    }

    private async Task<VaultFixture> PrepareAsync(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);

        // Settings of an earlier test would remain.
        await fixture.Vault.SendAsync(HttpMethod.Delete, $"auth/kubernetes/role/{RoleName}");
        await fixture.CreateRoleAsync(RoleName, VaultFixture.Account, fixture.Namespace);
        return fixture;
    }

    private static async Task<VaultLogin> LookingAsync(VaultFixture fixture)
    {
        var paths = new[] { "auth/kubernetes/role/*", "auth/nowhere/role/*", "databases/roles/*", "nowhere/roles/*", "plain/roles/*", "sys/policies/acl/*" };
        await fixture.Vault.WriteAsync($"sys/policies/acl/{Looking}", new { policy = string.Join('\n', paths.Select(path => $$"""path "{{path}}" { capabilities = ["read"] }""")) });
        return VaultLogin.Token(await fixture.TokenAsync(Looking));
    }

    private static async Task<DiagnosisStep> DiagnoseAsync(VaultFixture fixture, VaultLogin login, Cause cause)
    {
        using var vault = fixture.Client(login);
        var diagnoses = await new PodDiagnostician(source: fixture.Source(vault, cause.Options)).DiagnoseAsync(Manifest(fixture, cause.Mount), CancellationToken.None);
        return diagnoses.Single().Steps.Single(link => link.Step == DiagnosisStepKind.Source);
    }

    private static ManifestSource Manifest(VaultFixture fixture, string? mount) => ManifestSource.FromText($"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders-1
          namespace: {fixture.Namespace}
          annotations:
            db-creds-injector.numberly.io/cluster: {mount ?? "databases"}
            {RoleKey}: {RoleName}
        spec:
          serviceAccountName: {VaultFixture.Account}
        """);

    private static async Task SetTimesAsync(VaultFixture fixture, string first, string last) =>
        await fixture.Vault.WriteAsync($"databases/roles/{RoleName}", new { db_name = "rig", creation_statements = new[] { "SELECT 1" }, default_ttl = first, max_ttl = last });

    private static async Task GiveOtherPolicyAsync(VaultFixture fixture) => await fixture.Vault.WriteAsync($"auth/kubernetes/role/{RoleName}", new
    {
        bound_service_account_names = new[] { VaultFixture.Account },
        bound_service_account_namespaces = new[] { fixture.Namespace },
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
