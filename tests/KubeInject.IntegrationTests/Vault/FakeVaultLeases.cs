using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Http;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>The leases of the fake Vault, each with a role in PostgreSQL.</summary>
internal sealed class FakeVaultLeases
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    // Concurrent changes of the members of one group fail in the catalog.
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    private readonly ConcurrentDictionary<string, Lease> leases = new();

    public async Task<FakeVaultResponse> IssueAsync(string mount, string role, JsonElement settings, FakeVaultToken token, Func<bool> hasEnded)
    {
        var password = RandomNumberGenerator.GetString($"{Letters}-", 20);
        // Vault uses 8 characters of the display name of the token, "token-kubeinject".
        var username = $"v-token-ku-{role[..Math.Min(8, role.Length)]}-{RandomNumberGenerator.GetString(Letters, 20)}";
        var seconds = FakeVaultRequest.Seconds(settings.Get("default_ttl"));
        var end = DateTimeOffset.UtcNow.AddSeconds(seconds);
        foreach (var statement in FakeVaultRequest.Texts(settings.Get("creation_statements")))
        {
            await RunAsync(statement.Replace("{{name}}", username, StringComparison.Ordinal)
                .Replace("{{password}}", password, StringComparison.Ordinal)
                .Replace("{{expiration}}", $"{end:yyyy-MM-dd HH:mm:sszzz}", StringComparison.Ordinal));
        }

        var id = $"{mount}/creds/{role}/{RandomNumberGenerator.GetString(Letters, 24)}";
        leases[id] = new Lease(token.Id, username, $"{mount}/roles/{role}", seconds);
        if (hasEnded())
        {
            await RevokeAsync(id);
            return FakeVaultResponse.Error(403, "permission denied");
        }

        return new FakeVaultResponse(200, new JsonObject
        {
            ["lease_id"] = id,
            ["renewable"] = true,
            ["lease_duration"] = seconds,
            ["data"] = new JsonObject { ["username"] = username, ["password"] = password },
        });
    }

    public async Task<FakeVaultResponse> AnswerAsync(FakeVaultRequest call, Func<string, JsonElement> roles)
    {
        if (call.Method == "LIST")
        {
            var prefix = $"{string.Join('/', call.Segments[3..])}/";
            var keys = leases.Keys.Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).Select(id => JsonValue.Create(id[prefix.Length..])).ToArray();
            return keys.Length == 0 ? FakeVaultResponse.Error(404) : FakeVaultResponse.Of(new JsonObject { ["keys"] = new JsonArray(keys) });
        }

        var id = call.Text("lease_id");
        switch (call.Segments[2])
        {
            case "revoke":
                await RevokeAsync(id);
                return FakeVaultResponse.Nothing;
            case "lookup":
                return leases.TryGetValue(id, out var known) ? FakeVaultResponse.Of(new JsonObject { ["id"] = id, ["ttl"] = known.IsEnding ? 0 : known.Seconds }) : FakeVaultResponse.Error(400, "invalid lease");
            case "renew" when leases.TryGetValue(id, out var lease) && !lease.IsEnding:
                if (roles(lease.Role).ValueKind != JsonValueKind.Object)
                    return FakeVaultResponse.Error(400, $"failed to renew entry: resp: (*logical.Response)(nil) err: error during renew: could not find role with name \"{lease.Role.Split('/')[^1]}\"");
                await RunAsync($"ALTER ROLE \"{lease.Username}\" VALID UNTIL '{DateTimeOffset.UtcNow.AddSeconds(lease.Seconds):yyyy-MM-dd HH:mm:sszzz}'");
                return new FakeVaultResponse(200, new JsonObject { ["lease_id"] = id, ["renewable"] = true, ["lease_duration"] = lease.Seconds });
            case "renew":
                return FakeVaultResponse.Error(400, "lease not found");
            default:
                return FakeVaultResponse.Error(404);
        }
    }

    /// <summary>Revokes the leases of a revoked token: as with Vault, shortly after the response.</summary>
    public void FollowSoon(string token, Func<string, JsonElement> roles)
    {
        foreach (var (id, lease) in leases.Where(lease => lease.Value.Token == token))
        {
            leases[id] = lease with { IsEnding = true };
            _ = FollowAsync(id);
        }
    }

    private async Task FollowAsync(string id)
    {
        await Task.Delay(50);
        await RevokeAsync(id);
    }

    private async Task RevokeAsync(string id)
    {
        if (!leases.TryGetValue(id, out var lease))
            return;
        try
        {
            await RunAsync($"DROP ROLE IF EXISTS \"{lease.Username}\"");
        }
        catch (Npgsql.NpgsqlException exception)
        {
            throw new FakeVaultException(400, $"failed to revoke entry: resp: (*logical.Response)(nil) err: {exception.Message}");
        }

        leases.TryRemove(id, out _);
    }

    private static async Task RunAsync(string statement)
    {
        await OneAtATime.WaitAsync();
        try
        {
            await TestDatabase.ExecuteAsync(statement);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private sealed record Lease(string Token, string Username, string Role, int Seconds)
    {
        public bool IsEnding { get; init; }
    }
}
