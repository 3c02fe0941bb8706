using System.Text.Json;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Leases;
using static KubeInject.IntegrationTests.Vault.VaultGate;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>A token appears only in its field of the record, and a password only in the returned credential.</summary>
[Collection(nameof(VaultFixtures))]
public sealed class VaultSecrecyTests(VaultFixtures worlds)
{
    public static TheoryData<VaultKind> Vaults => VaultKinds.All;

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task No_error_text_or_field_contains_a_secret(VaultKind kind)
    {
        var world = await worlds.OfAsync(kind);
        var shown = new List<string>();
        using var vault = world.Client();
        foreach (var options in new[] { new VaultIssuerOptions(), new VaultIssuerOptions { UsePodIdentity = true } })
        {
            var source = world.Source(vault, options);
            var (record, credential) = await source.IssueAsync(world.Request(), CancellationToken.None);
            var password = credential.Password.Reveal();
            var fields = (await world.Vault.SendAsync(HttpMethod.Get, $"vault-db-injector/data/kubernetes/{record.Uuid}")).Get("data").Get("data");
            shown.AddRange(fields.EnumerateObject().Where(field => field.Name != "TokenId").Select(field => field.Value.GetString()!));
            shown.AddRange([$"{record}", $"{credential}", JsonSerializer.Serialize(record), $"{world.Login}", $"{vault.Settings}", $"{vault}", $"{options}"]);
            var inventory = await new LeaseInventory(source, world.Cluster).ListAsync(CancellationToken.None);
            shown.AddRange(inventory.Select(lease => $"{lease} {JsonSerializer.Serialize(lease)}"));

            // A server whose errors quote all that it received and issued.
            foreach (var status in new[] { 400, 403, 404, 429, 500, 503 })
            {
                world.Gate.Rule = request => new Fault(status, JsonSerializer.Serialize(new { errors = new[] { $"cannot: {request.Token} {request.Body} password={password}" } }));
                foreach (var attempt in Attempts(world, source, record))
                    shown.Add((await Assert.ThrowsAsync<CredentialException>(attempt)).ToString());
                using var newcomer = world.Client();
                shown.Add((await Assert.ThrowsAsync<CredentialException>(() => world.Source(newcomer).Leases.ListAsync(CancellationToken.None))).ToString());
                world.Gate.Rule = _ => null;
            }

            await source.RevokeAsync(record, CancellationToken.None);
            string[] secrets = [password, record.Token!.Reveal(), .. world.Gate.Requests.Select(request => request.Token).OfType<string>().Distinct(), .. Jwts(world)];
            foreach (var text in shown)
                Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal));
        }

        Assert.True(shown.Count > 80);
    }

    private static Func<Task>[] Attempts(VaultFixture world, CredentialSource source, LeaseRecord record) =>
    [
        () => source.IssueAsync(world.Request(), CancellationToken.None),
        () => source.RenewAsync(record, CancellationToken.None),
        () => source.RevokeAsync(record, CancellationToken.None),
        () => source.Leases.WriteAsync(record, CancellationToken.None),
        () => source.Leases.FindAsync(record.Uuid, CancellationToken.None),
        () => source.Leases.ListAsync(CancellationToken.None),
    ];

    private static IEnumerable<string> Jwts(VaultFixture world) => world.Gate.Requests.Where(request => request.Path == "auth/kubernetes/login")
        .Select(request => JsonSerializer.Deserialize<JsonElement>(request.Body).Text("jwt")!).Distinct();
}
