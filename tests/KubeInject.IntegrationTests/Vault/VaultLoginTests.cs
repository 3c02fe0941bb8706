using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>KubeInject logs in to Vault with each auth method once, and again if necessary.</summary>
[Collection(nameof(VaultFixtures))]
public sealed class VaultLoginTests(VaultFixtures worlds)
{
    public static TheoryData<VaultKind> Vaults => VaultKinds.All;

    public static TheoryData<VaultKind, string> Logins
    {
        get
        {
            var data = new TheoryData<VaultKind, string>();
            foreach (var kind in VaultKinds.Present)
            {
                foreach (var login in new[] { "kubernetes", "approle", "token", "environment", "token file" })
                    data.Add(kind, login);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Logins))]
    public async Task Each_auth_method_can_issue_renew_and_revoke(VaultKind kind, string name)
    {
        var fixture = await worlds.OfAsync(kind);
        using var home = new TemporaryFolder();
        using var vault = fixture.Client(await LoginAsync(fixture, name, home));
        var source = fixture.Source(vault);

        var issued = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        Assert.True(await TestDatabase.CanLogInAsync(issued.Credential));
        var renewed = await source.RenewAsync(issued.Record, CancellationToken.None);
        await source.RevokeAsync(renewed, CancellationToken.None);

        Assert.False(await TestDatabase.CanLogInAsync(issued.Credential));
        Assert.Empty(await source.Leases.ListAsync(CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Concurrent_requests_share_one_login(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => source.Leases.ListAsync(CancellationToken.None)));

        Assert.Equal(1, fixture.Proxy.Count("auth/kubernetes/login"));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task An_expired_token_is_replaced_by_one_login_for_all_requests(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        await source.Leases.ListAsync(CancellationToken.None);
        await fixture.Vault.WriteAsync("auth/token/revoke", new { token = fixture.Proxy.Requests.Last().Token });

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => source.Leases.ListAsync(CancellationToken.None)));

        Assert.Equal(2, fixture.Proxy.Count("auth/kubernetes/login"));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_rejected_request_is_retried_after_one_login_and_then_fails(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        await fixture.Vault.WriteAsync("auth/approle/role/powerless", new { token_policies = new[] { "powerless" } });
        var id = (await fixture.Vault.SendAsync(HttpMethod.Get, "auth/approle/role/powerless/role-id")).Get("data").Text("role_id")!;
        var secret = (await fixture.Vault.SendAsync(HttpMethod.Post, "auth/approle/role/powerless/secret-id", new { })).Get("data").Text("secret_id")!;
        using var vault = fixture.Client(VaultLogin.AppRole(id, new SensitiveString(secret)));
        var source = fixture.Source(vault);

        for (var i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<CredentialException>(() => source.Leases.ListAsync(CancellationToken.None));
            Assert.Equal(CredentialFailure.Refused, error.Reason);
            Assert.Contains("""Grant list on path "vault-db-injector/metadata/kubernetes" in the policy of the login.""", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, fixture.Proxy.Count("auth/approle/login"));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_rejected_configured_token_is_not_retried(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client(VaultLogin.Token(new SensitiveString("s.canary0123456789abcdefgh")));

        var error = await Assert.ThrowsAsync<CredentialException>(() => fixture.Source(vault).Leases.ListAsync(CancellationToken.None));

        Assert.Equal((CredentialFailure.Refused, 1), (error.Reason, fixture.Proxy.Requests.Count));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_rejected_login_says_what_to_check(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        var intruder = (await fixture.Cluster.CreateTokenAsync("intruder")).Token.Reveal();
        using var home = new TemporaryFolder();
        foreach (var (token, role) in new[] { (intruder, "kubeinject"), (intruder[..^6] + "AAAAAA", "kubeinject"), (intruder, "no-such-role") })
        {
            using var vault = fixture.Client(VaultLogin.Kubernetes(role, tokenFile: home.Write("token", token)));

            var error = await Assert.ThrowsAsync<CredentialException>(() => fixture.Source(vault).Leases.ListAsync(CancellationToken.None));

            Assert.Equal(CredentialFailure.Refused, error.Reason);
            Assert.StartsWith($"Vault does not accept the login with the role '{role}' of auth/kubernetes (", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(token, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task The_token_of_the_ServiceAccount_is_read_again_for_each_login(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var home = new TemporaryFolder();
        var file = home.Write("token", (await fixture.Cluster.CreateTokenAsync("intruder")).Token.Reveal());
        using var vault = fixture.Client(VaultLogin.Kubernetes("kubeinject", tokenFile: file));
        var source = fixture.Source(vault);
        await Assert.ThrowsAsync<CredentialException>(() => source.Leases.ListAsync(CancellationToken.None));

        home.Write("token", (await fixture.Cluster.CreateTokenAsync("kubeinject")).Token.Reveal());

        Assert.Empty(await source.Leases.ListAsync(CancellationToken.None));
    }

    private static async Task<VaultLogin> LoginAsync(VaultFixture fixture, string name, TemporaryFolder home)
    {
        switch (name)
        {
            case "approle":
                return VaultLogin.AppRole(await fixture.RoleIdAsync(), await fixture.SecretIdAsync());
            case "token":
                return VaultLogin.Token(await fixture.TokenAsync("kubeinject"));
            case "environment":
                var token = (await fixture.TokenAsync("kubeinject")).Reveal();
                return VaultLogin.FromEnvironment(new KubeEnvironment { Variable = variable => variable == "VAULT_TOKEN" ? token : null, HomeFolder = home.Path })!;
            case "token file":
                home.Write(".vault-token", $"{(await fixture.TokenAsync("kubeinject")).Reveal()}\n");
                return VaultLogin.FromEnvironment(new KubeEnvironment { Variable = _ => null, HomeFolder = home.Path })!;
            default:
                return fixture.Login;
        }
    }
}
