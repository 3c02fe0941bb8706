using System.Text.Json;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Leases;
using static KubeInject.IntegrationTests.Vault.VaultProxy;

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
        var fixture = await worlds.OfAsync(kind);
        var shown = new List<string>();
        using var vault = fixture.Client();
        foreach (var options in new[] { new VaultIssuerOptions(), new VaultIssuerOptions { UsePodIdentity = true } })
        {
            var source = fixture.Source(vault, options);
            var (record, credential) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
            var password = credential.Password.Reveal();
            var fields = (await fixture.Vault.SendAsync(HttpMethod.Get, $"vault-db-injector/data/kubernetes/{record.Uuid}")).Get("data").Get("data");
            shown.AddRange(fields.EnumerateObject().Where(field => field.Name != "TokenId").Select(field => field.Value.GetString()!));
            shown.AddRange([$"{record}", $"{credential}", JsonSerializer.Serialize(record), $"{fixture.Login}", $"{vault.Settings}", $"{vault}", $"{options}"]);
            var inventory = await new LeaseInventory(source, fixture.Cluster).ListAsync(CancellationToken.None);
            shown.AddRange(inventory.Select(lease => $"{lease} {JsonSerializer.Serialize(lease)}"));

            // A server whose errors quote all that it received and issued.
            foreach (var status in new[] { 400, 403, 404, 429, 500, 503 })
            {
                fixture.Proxy.Rule = request => new Fault(status, JsonSerializer.Serialize(new { errors = new[] { $"cannot: {request.Token} {request.Body} password={password}" } }));
                foreach (var attempt in Attempts(fixture, source, record))
                    shown.Add((await Assert.ThrowsAsync<CredentialException>(attempt)).ToString());
                using var newcomer = fixture.Client();
                shown.Add((await Assert.ThrowsAsync<CredentialException>(() => fixture.Source(newcomer).Leases.ListAsync(CancellationToken.None))).ToString());
                fixture.Proxy.Rule = _ => null;
            }

            await source.RevokeAsync(record, CancellationToken.None);
            string[] secrets = [password, record.Token!.Reveal(), .. fixture.Proxy.Requests.Select(request => request.Token).OfType<string>().Distinct(), .. Jwts(fixture)];
            foreach (var text in shown)
                Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal));
        }

        Assert.True(shown.Count > 80);
    }

    private static Func<Task>[] Attempts(VaultFixture fixture, CredentialSource source, LeaseRecord record) =>
    [
        () => source.IssueAsync(fixture.Request(), CancellationToken.None),
        () => source.RenewAsync(record, CancellationToken.None),
        () => source.RevokeAsync(record, CancellationToken.None),
        () => source.Leases.WriteAsync(record, CancellationToken.None),
        () => source.Leases.FindAsync(record.Uuid, CancellationToken.None),
        () => source.Leases.ListAsync(CancellationToken.None),
    ];

    private static IEnumerable<string> Jwts(VaultFixture fixture) => fixture.Proxy.Requests.Where(request => request.Path == "auth/kubernetes/login")
        .Select(request => JsonSerializer.Deserialize<JsonElement>(request.Body).Text("jwt")!).Distinct();
}
