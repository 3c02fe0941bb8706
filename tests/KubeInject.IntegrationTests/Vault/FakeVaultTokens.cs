using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>The tokens of the fake Vault.</summary>
internal sealed class FakeVaultTokens
{
    private const int DefaultDuration = 3600;

    private readonly ConcurrentDictionary<string, FakeVaultToken> tokens = new();

    public FakeVaultToken? Find(string id) => tokens.TryGetValue(id, out var token) && token.EndsAt > DateTimeOffset.UtcNow ? token : null;

    public FakeVaultToken Create(IReadOnlyList<string> policies, int period, bool isWithoutDefault = false) =>
        Add(policies, period, "service", 0, isWithoutDefault);

    public FakeVaultToken LogIn(JsonElement role) => Add(
        FakeVaultRequest.Texts(role.Get("token_policies")),
        FakeVaultRequest.Seconds(role.Get("token_ttl")),
        role.Text("token_type") is "batch" ? "batch" : "service",
        FakeVaultRequest.Seconds(role.Get("token_num_uses")),
        isWithoutDefault: false);

    public void Renew(FakeVaultToken token) => tokens[token.Id] = token with { EndsAt = DateTimeOffset.UtcNow.AddSeconds(token.Duration) };

    public void Remove(string id) => tokens.TryRemove(id, out _);

    private FakeVaultToken Add(IReadOnlyList<string> policies, int duration, string type, int uses, bool isWithoutDefault)
    {
        var length = duration == 0 ? DefaultDuration : duration;
        var token = new FakeVaultToken(
            $"{type[0]}.{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 24)}",
            [.. policies.Select(policy => policy.ToLowerInvariant()), .. isWithoutDefault ? (string[])[] : ["default"]],
            length,
            DateTimeOffset.UtcNow.AddSeconds(length),
            type,
            uses);
        return tokens[token.Id] = token;
    }
}
