using KubeInject.Credentials;
using KubeInject.Credentials.Vault;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>A user with permission gets a credential that the database accepts until it is revoked. No other user gets one.</summary>
[Collection(nameof(VaultFixtures))]
public sealed class VaultIssuingTests(VaultFixtures worlds)
{
    private static readonly VaultIssuerOptions PodIdentity = new() { UsePodIdentity = true };

    public static TheoryData<VaultKind> Vaults => VaultKinds.All;

    public static TheoryData<VaultKind, bool> Identities
    {
        get
        {
            var data = new TheoryData<VaultKind, bool>();
            foreach (var kind in VaultKinds.Present)
            {
                data.Add(kind, false);
                data.Add(kind, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Identities))]
    public async Task A_credential_is_valid_until_it_is_revoked_and_its_record_is_complete(VaultKind kind, bool isPodIdentity)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault, isPodIdentity ? PodIdentity : null);
        var request = fixture.Request();
        var before = DateTimeOffset.UtcNow;

        var (record, credential) = await source.IssueAsync(request, CancellationToken.None);

        Assert.True(await TestDatabase.CanLogInAsync(credential));
        Assert.Equal((true, credential.LeaseId, credential.Username, true), (record.IsComplete, record.LeaseId, record.Username, record.IsRenewable));
        Assert.InRange(record.ExpiresAt!.Value, before.AddMinutes(59), DateTimeOffset.UtcNow.AddMinutes(61));
        Assert.Contains(credential.LeaseId, await fixture.Vault.LeasesAsync(VaultFixture.Role));
        Assert.True(await fixture.Vault.HasTokenAsync(record.Token!.Reveal()));

        await source.RevokeAsync(record, CancellationToken.None);

        Assert.False(await TestDatabase.CanLogInAsync(credential));
        Assert.DoesNotContain(credential.LeaseId, await fixture.Vault.LeasesAsync(VaultFixture.Role));
        Assert.False(await fixture.Vault.HasTokenAsync(record.Token!.Reveal()));
        Assert.Null(await source.Leases.FindAsync(request.Uuid, CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task The_roles_of_a_mount_can_be_listed_with_the_permission(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var root = fixture.Client(VaultLogin.Token(new SensitiveString(fixture.Vault.RootToken)));
        using var login = fixture.Client();

        var roles = await new VaultIssuer(root).ListRolesAsync("databases", CancellationToken.None);

        Assert.Contains(VaultFixture.Role, roles);
        Assert.Equal(roles.Order(StringComparer.Ordinal), roles);
        var denied = await Assert.ThrowsAsync<CredentialException>(() => new VaultIssuer(login).ListRolesAsync("databases", CancellationToken.None));
        Assert.Contains("Grant list on path \"databases/roles\"", denied.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Identities))]
    public async Task Renewal_extends_the_expiration_in_the_database(VaultKind kind, bool isPodIdentity)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault, isPodIdentity ? PodIdentity : null);
        var (record, credential) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        await TestDatabase.ExecuteAsync($"ALTER ROLE \"{credential.Username}\" VALID UNTIL '2001-01-01'");
        Assert.False(await TestDatabase.CanLogInAsync(credential));

        var renewed = await source.RenewAsync(record, CancellationToken.None);

        Assert.True(await TestDatabase.CanLogInAsync(credential));
        Assert.InRange(await ValidUntilAsync(credential.Username), renewed.ExpiresAt!.Value.AddMinutes(-1), renewed.ExpiresAt.Value.AddMinutes(1));
        Assert.Equal(renewed, (await source.Leases.FindAsync(record.Uuid, CancellationToken.None))! with { Token = renewed.Token, OtherFields = renewed.OtherFields });
        await source.RevokeAsync(renewed, CancellationToken.None);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_credential_expires_with_its_token_if_the_token_expires_first(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault, new VaultIssuerOptions { TokenPeriod = TimeSpan.FromMinutes(10) });

        var (record, _) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        Assert.InRange(record.ExpiresAt!.Value, DateTimeOffset.UtcNow.AddMinutes(8), DateTimeOffset.UtcNow.AddMinutes(10));
        var renewed = await source.RenewAsync(record, CancellationToken.None);

        Assert.InRange(renewed.ExpiresAt!.Value, record.ExpiresAt.Value, DateTimeOffset.UtcNow.AddMinutes(10));
        await source.RevokeAsync(renewed, CancellationToken.None);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task An_expired_lease_is_distinguished_from_a_temporary_renewal_failure(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        var (withoutLease, _) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        var (withoutToken, _) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        await fixture.CreateRoleAsync("short-lived", VaultFixture.Account, fixture.Namespace);
        var (withoutRole, _) = await source.IssueAsync(fixture.Request("short-lived"), CancellationToken.None);
        var (sealedOff, _) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        await fixture.Vault.WriteAsync("sys/leases/revoke", new { lease_id = withoutLease.LeaseId, sync = true });
        await fixture.Vault.WriteAsync("auth/token/revoke", new { token = withoutToken.Token!.Reveal() });
        await fixture.Vault.SendAsync(HttpMethod.Delete, "databases/roles/short-lived");

        foreach (var ended in new[] { withoutLease, withoutToken, withoutRole })
            Assert.Equal(CredentialFailure.LeaseEnded, (await Assert.ThrowsAsync<CredentialException>(() => source.RenewAsync(ended, CancellationToken.None))).Reason);
        fixture.Proxy.Rule = request => request.Path == "sys/leases/renew" ? VaultProxy.Fault.Error(500, "the database is unavailable") : null;
        Assert.Equal(CredentialFailure.Unavailable, (await Assert.ThrowsAsync<CredentialException>(() => source.RenewAsync(sealedOff, CancellationToken.None))).Reason);

        fixture.Proxy.Reset();
        foreach (var record in new[] { withoutLease, withoutToken, withoutRole, sealedOff })
            await source.RevokeAsync(record, CancellationToken.None);
        Assert.Empty(await source.Leases.ListAsync(CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Identities))]
    public async Task A_pod_gets_no_role_that_its_ServiceAccount_is_not_bound_to(VaultKind kind, bool isPodIdentity)
    {
        var fixture = await worlds.OfAsync(kind);
        await fixture.CreateRoleAsync("elsewhere", VaultFixture.Account, "another-namespace");
        await fixture.CreateRoleAsync("without-policy", VaultFixture.Account, fixture.Namespace, policies: ["default"]);
        using var vault = fixture.Client();
        var source = fixture.Source(vault, isPodIdentity ? PodIdentity : null);
        var requests = new Dictionary<CredentialRequest, string>
        {
            [fixture.Request(account: "intruder")] = $"The role 'orders-rw' of auth/kubernetes is not bound to the ServiceAccount 'intruder', but to orders (bound_service_account_names). Nothing was issued.",
            [fixture.Request("elsewhere")] = $"The role 'elsewhere' of auth/kubernetes is not bound to the namespace '{fixture.Namespace}', but to another-namespace (bound_service_account_namespaces). Nothing was issued.",
            [fixture.Request("without-policy")] = "The role 'without-policy' of auth/kubernetes does not have the policy 'without-policy' (token_policies)",
            [fixture.Request("no-such-role")] = "The role 'no-such-role' of auth/kubernetes does not exist.",
            [fixture.Request("../token/create")] = "'../token/create' is not a valid Vault role name.",
            [fixture.Request() with { Mount = "databases/../sys" }] = "'databases/../sys' is not a valid Vault mount path.",
        };
        var roles = await fixture.LiveAsync();

        foreach (var (request, message) in requests)
        {
            var error = await Assert.ThrowsAsync<CredentialException>(() => source.IssueAsync(request, CancellationToken.None));
            Assert.True(error.Reason == CredentialFailure.Refused, error.Message);
            if (!isPodIdentity)
                Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(await source.Leases.ListAsync(CancellationToken.None));
        Assert.Equal(roles, await fixture.LiveAsync());
        Assert.Equal(0, fixture.Proxy.Count("auth/token/create-orphan"));
    }

    [Theory]
    [MemberData(nameof(Identities))]
    public async Task A_policy_that_does_not_grant_the_credential_is_named_and_nothing_remains(VaultKind kind, bool isPodIdentity)
    {
        var fixture = await worlds.OfAsync(kind);
        await fixture.CreateRoleAsync("ungranted", VaultFixture.Account, fixture.Namespace, grants: false);
        using var vault = fixture.Client();
        var source = fixture.Source(vault, isPodIdentity ? PodIdentity : null);

        var error = await Assert.ThrowsAsync<CredentialException>(() => source.IssueAsync(fixture.Request("ungranted"), CancellationToken.None));

        Assert.Equal(CredentialFailure.Refused, error.Reason);
        Assert.EndsWith("""Grant read on path "databases/creds/ungranted" in the policy that has the name of the role.""", error.Message, StringComparison.Ordinal);
        Assert.Empty(await source.Leases.ListAsync(CancellationToken.None));
        var token = fixture.Proxy.Requests.Last(request => request.Path == "databases/creds/ungranted").Token!;
        Assert.False(await fixture.Vault.HasTokenAsync(token));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_role_that_issues_batch_tokens_is_rejected_because_they_cannot_be_revoked(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        await fixture.CreateRoleAsync("in-batches", VaultFixture.Account, fixture.Namespace, tokenType: "batch");
        using var vault = fixture.Client();
        var source = fixture.Source(vault, PodIdentity);

        var error = await Assert.ThrowsAsync<CredentialException>(() => source.IssueAsync(fixture.Request("in-batches"), CancellationToken.None));

        Assert.Contains("issues batch tokens, which cannot be revoked", error.Message, StringComparison.Ordinal);
        Assert.Empty(await fixture.Vault.LeasesAsync("in-batches"));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Revoking_a_missing_lease_succeeds(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        var (record, credential) = await source.IssueAsync(fixture.Request(), CancellationToken.None);

        await source.RevokeAsync(record, CancellationToken.None);
        await source.RevokeAsync(record, CancellationToken.None);
        await source.RevokeAsync(record with { LeaseId = null }, CancellationToken.None);

        Assert.False(await TestDatabase.CanLogInAsync(credential));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task With_the_permissions_of_an_in_cluster_injector_revoking_the_token_revokes_the_lease(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        await fixture.Vault.WriteAsync("sys/policies/acl/injector", new
        {
            policy = """
                path "auth/kubernetes/role/*" { capabilities = ["read"] }
                path "auth/token/create-orphan" { capabilities = ["update", "sudo"] }
                path "auth/token/revoke-orphan" { capabilities = ["update", "sudo"] }
                path "vault-db-injector/data/kubernetes/*" { capabilities = ["create", "read", "update"] }
                path "vault-db-injector/metadata/kubernetes/*" { capabilities = ["delete"] }
                """,
        });
        using var vault = fixture.Client(VaultLogin.Token(await fixture.TokenAsync("injector")));
        var source = fixture.Source(vault);
        var (record, credential) = await source.IssueAsync(fixture.Request(), CancellationToken.None);

        await source.RevokeAsync(record, CancellationToken.None);

        Assert.False(await TestDatabase.CanLogInAsync(credential));
        Assert.Equal((1, 1, true), (fixture.Proxy.Count("sys/leases/revoke"), fixture.Proxy.Count("auth/token/revoke-orphan"), fixture.Proxy.Count("sys/leases/lookup") > 0));
        await source.RevokeAsync(record, CancellationToken.None);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_denied_revocation_is_not_treated_as_done(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var (record, credential) = await fixture.Source(vault).IssueAsync(fixture.Request(), CancellationToken.None);
        using var powerless = fixture.Client(VaultLogin.Token(await fixture.TokenAsync("default")));

        var error = await Assert.ThrowsAsync<CredentialException>(() => new VaultIssuer(powerless).RevokeAsync(record, CancellationToken.None));

        Assert.Equal(CredentialFailure.Refused, error.Reason);
        Assert.EndsWith("""Grant update on path "auth/token/revoke" in the policy of the login.""", error.Message, StringComparison.Ordinal);
        Assert.True(await TestDatabase.CanLogInAsync(credential));
        await fixture.Source(vault).RevokeAsync(record, CancellationToken.None);
    }

    private static async Task<DateTimeOffset> ValidUntilAsync(string username) =>
        new((DateTime)(await TestDatabase.ScalarAsync("SELECT rolvaliduntil FROM pg_roles WHERE rolname = $1", username))!);
}
