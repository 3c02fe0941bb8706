using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Credentials.Vault;
using KubeInject.IntegrationTests.Vault;
using KubeInject.Kubernetes.Client;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>A kind of source for the crash tests. To test another kind, add a line to <see cref="All"/>.</summary>
/// <param name="Name">The name in the test.</param>
/// <param name="Open">
/// Creates issuer and store, in the process that is killed and in the one that sweeps after it. The issued credentials are
/// login roles in the tests' PostgreSQL that are members of the role of the place.
/// </param>
internal sealed record CrashSource(string Name, Func<CrashPoint, KubeObjectClient, (ICredentialIssuer Issuer, ILeaseStore Leases)> Open)
{
    private const string AddressFile = "vault.address";
    private const string TokenFile = "vault.token";

    public static IReadOnlyList<CrashSource> All { get; } =
    [
        new("postgresql, records in Secrets", (place, client) => (PostgreSql(), new KubeLeaseStore(client, place.Namespace))),
        new("postgresql, records in files", (place, _) => (PostgreSql(), new FileLeaseStore(place.Folder))),
        .. VaultKinds.Present.Select(kind => new CrashSource($"vault ({kind})", OpenVault)
        {
            PrepareAsync = (vaults, place) => PrepareVaultAsync(vaults, kind, place),
            EndsSoon = true,
        }),
    ];

    /// <summary>Prepares the source in the process of the test.</summary>
    public Func<VaultFixtures, CrashPoint, Task> PrepareAsync { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Whether a revoked credential expires shortly after the revocation.</summary>
    public bool EndsSoon { get; init; }

    private static (ICredentialIssuer Issuer, ILeaseStore Leases) OpenVault(CrashPoint place, KubeObjectClient client)
    {
        var address = new Uri(File.ReadAllText(Path.Combine(place.Folder, AddressFile)));
        var vault = new VaultClient(new VaultSettings { Address = address }, VaultLogin.Token(new SensitiveString(File.ReadAllText(Path.Combine(place.Folder, TokenFile)))));
        return (new VaultIssuer(vault), new VaultLeaseStore(vault));
    }

    private static async Task PrepareVaultAsync(VaultFixtures vaults, VaultKind kind, CrashPoint place)
    {
        var fixture = await vaults.OfAsync(kind);
        await fixture.CreateRoleAsync(place.Role, "default", place.Namespace, group: place.Role);
        await File.WriteAllTextAsync(Path.Combine(place.Folder, AddressFile), fixture.Vault.Address.ToString());
        await File.WriteAllTextAsync(Path.Combine(place.Folder, TokenFile), (await fixture.TokenAsync("kubeinject")).Reveal());
    }

    private static PostgreSqlIssuer PostgreSql() => new(new PostgreSqlOptions { ConnectionString = TestDatabase.Superuser });
}
