using System.Text.RegularExpressions;
using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>
/// A Vault of one kind that is configured as docs/vault.md describes, with the cluster and PostgreSQL of the rig, a proxy
/// between KubeInject and Vault, and the objects that KubeInject needs.
/// </summary>
public sealed partial class VaultFixture : IDisposable
{
    /// <summary>The database role that the ServiceAccount <see cref="Account"/> may request.</summary>
    public const string Role = "orders-rw";

    public const string Account = "orders";

    private readonly TemporaryFolder folder = new();
    private readonly KubeConnection connection;
    private readonly string group;
    private string tokenFile = "";

    private VaultFixture(VaultKind kind, KubeConnection connection, string @namespace, string group)
    {
        this.connection = connection;
        this.group = group;
        Namespace = @namespace;
        Vault = TestVault.Start(kind);
        Proxy = new VaultProxy(Vault.Address);
    }

    /// <summary>The namespace of the ServiceAccounts that roles are bound to.</summary>
    public string Namespace { get; }

    internal KubeObjectClient Cluster => connection.Objects;

    internal TestVault Vault { get; }

    internal VaultProxy Proxy { get; }

    /// <summary>How KubeInject logs in unless a test specifies something else.</summary>
    internal VaultLogin Login => VaultLogin.Kubernetes("kubeinject", tokenFile: tokenFile);

    public static async Task<VaultFixture> StartAsync(VaultKind kind)
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        var fixture = new VaultFixture(kind, await TestCluster.OpenAsync(@namespace: @namespace), @namespace, await TestDatabase.CreateRoleAsync());
        await fixture.SetUpAsync();
        return fixture;
    }

    /// <summary>Restores the state after the start, except issued credentials.</summary>
    public async Task ResetAsync()
    {
        Proxy.Reset();
        foreach (var folder in new[] { "kubernetes", "kubeinject/kubernetes" })
        {
            var (_, answer) = await Vault.AskAsync(HttpMethod.Get, $"vault-db-injector/metadata/{folder}?list=true");
            foreach (var key in answer.Get("data").Get("keys").Items())
                await Vault.SendAsync(HttpMethod.Delete, $"vault-db-injector/metadata/{folder}/{key.GetString()}");
        }
    }

    public void Dispose()
    {
        Proxy.Dispose();
        Vault.Dispose();
        connection.Dispose();
        folder.Dispose();
    }

    internal VaultClient Client(VaultLogin? login = null, VaultSettings? settings = null) => new(
        (settings ?? new VaultSettings()) with { Address = Proxy.Address },
        login ?? Login,
        new VaultRetryPolicy { FirstWait = TimeSpan.FromMilliseconds(1) });

    /// <summary>A token with policies; it has no permissions of root.</summary>
    internal async Task<SensitiveString> TokenAsync(params string[] policies) =>
        new((await Vault.SendAsync(HttpMethod.Post, "auth/token/create-orphan", new { policies })).Get("auth").Text("client_token")!);

    internal async Task<SensitiveString> SecretIdAsync() =>
        new((await Vault.SendAsync(HttpMethod.Post, "auth/approle/role/kubeinject/secret-id", new { })).Get("data").Text("secret_id")!);

    internal async Task<string> RoleIdAsync() => (await Vault.SendAsync(HttpMethod.Get, "auth/approle/role/kubeinject/role-id")).Get("data").Text("role_id")!;

    public CredentialRequest Request(string role = Role, string account = Account, string? @namespace = null) =>
        new(Guid.NewGuid(), "orders", role, "databases", new ObjectReference("Pod", @namespace ?? Namespace, "orders-1"), account);

    internal CredentialSource Source(VaultClient client, VaultIssuerOptions? options = null) =>
        new(new VaultIssuer(client, options, Cluster), new VaultLeaseStore(client), Cluster);

    /// <summary>Creates a database role, whose credentials become members of a group in PostgreSQL (null for the default group), and the auth role and policy that let ServiceAccounts request it.</summary>
    internal async Task CreateRoleAsync(string name, string account, string @namespace, string[]? policies = null, bool grants = true, string tokenType = "default", string? group = null, string timeToLive = "1h")
    {
        var creation = $$$"""CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE {{{group ?? this.group}}};""";
        await Vault.WriteAsync($"databases/roles/{name}", new { db_name = "rig", creation_statements = new[] { creation }, default_ttl = timeToLive, max_ttl = "24h" });
        await Vault.WriteAsync($"sys/policies/acl/{name}", new { policy = $$"""path "databases/creds/{{(grants ? name : "other")}}" { capabilities = ["read"] }""" });
        await Vault.WriteAsync($"auth/kubernetes/role/{name}", new
        {
            bound_service_account_names = new[] { account },
            bound_service_account_namespaces = new[] { @namespace },
            token_policies = policies ?? [name],
            token_type = tokenType,
            audience = VaultIssuerOptions.DefaultAudience,
        });
    }

    private async Task SetUpAsync()
    {
        foreach (var name in new[] { "kubeinject", "reviewer", Account, "intruder" })
            await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/serviceaccounts", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        await TestCluster.SendAsync(HttpMethod.Post, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", $$$"""
            {"metadata":{"name":"{{{Namespace}}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:auth-delegator"},
             "subjects":[{"kind":"ServiceAccount","name":"reviewer","namespace":"{{{Namespace}}}"}]}
            """);
        tokenFile = folder.Write("token", (await Cluster.CreateTokenAsync("kubeinject")).Token.Reveal());

        foreach (var method in new[] { "kubernetes", "approle" })
            await Vault.WriteAsync($"sys/auth/{method}", new { type = method });
        await Vault.WriteAsync("sys/mounts/databases", new { type = "database" });
        await Vault.WriteAsync("sys/mounts/plain", new { type = "kv", options = new { version = "1" } });
        await Vault.WriteAsync("sys/mounts/vault-db-injector", new { type = "kv", options = new { version = "2" } });
        await Vault.WriteAsync("auth/kubernetes/config", new
        {
            kubernetes_host = TestCluster.Server.GetLeftPart(UriPartial.Authority),
            kubernetes_ca_cert = TestCluster.ReadText("ca.crt"),
            token_reviewer_jwt = (await Cluster.CreateTokenAsync("reviewer")).Token.Reveal(),
            disable_iss_validation = true,
        });
        var database = ConnectionText.Parse(TestDatabase.Superuser);
        await Vault.WriteAsync("databases/config/rig", new
        {
            plugin_name = "postgresql-database-plugin",
            allowed_roles = "*",
            connection_url = $"postgresql://{{{{username}}}}:{{{{password}}}}@{database.Host}:{database.Port}/{database.Database}?sslmode=disable",
            username = database.Username,
            password = database.Password,
        });

        // The policy is the one that the documentation recommends.
        var manual = await File.ReadAllTextAsync(Repository.File("docs", "vault.md"));
        await Vault.WriteAsync("sys/policies/acl/kubeinject", new { policy = Hcl().Match(manual).Groups["policy"].Value });
        await Vault.WriteAsync("auth/kubernetes/role/kubeinject", new
        {
            bound_service_account_names = new[] { "kubeinject" },
            bound_service_account_namespaces = new[] { Namespace },
            token_policies = new[] { "kubeinject" },
        });
        await Vault.WriteAsync("auth/approle/role/kubeinject", new { token_policies = new[] { "kubeinject" } });
        await CreateRoleAsync(Role, Account, Namespace);
        await WaitForStoreAsync();
    }

    /// <summary>The credentials in PostgreSQL that this Vault has issued, even if it has no record of them.</summary>
    internal async Task<IReadOnlyList<string>> LiveAsync()
    {
        const string Query = "SELECT array(SELECT r.rolname::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid WHERE g.rolname = $1 ORDER BY 1)";
        return (string[])(await TestDatabase.ScalarAsync(Query, group))!;
    }

    /// <summary>A KV engine of version 2 returns 400 while it is being created.</summary>
    private async Task WaitForStoreAsync()
    {
        var limit = DateTime.UtcNow.AddSeconds(30);
        while ((await Vault.AskAsync(HttpMethod.Get, "vault-db-injector/metadata/kubernetes?list=true")).Status != 404)
            Assert.True(DateTime.UtcNow < limit, "The KV engine was not ready within 30 s.");
    }

    [GeneratedRegex("```hcl\n(?<policy>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Hcl();
}
