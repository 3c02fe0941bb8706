using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>The tokens of the fake Vault.</summary>
internal sealed class StandInTokens
{
    private const int DefaultDuration = 3600;

    private readonly ConcurrentDictionary<string, StandInToken> tokens = new();

    public StandInToken? Find(string id) => tokens.TryGetValue(id, out var token) && token.EndsAt > DateTimeOffset.UtcNow ? token : null;

    public StandInToken Create(IReadOnlyList<string> policies, int period, bool isWithoutDefault = false) =>
        Add(policies, period, "service", 0, isWithoutDefault);

    public StandInToken LogIn(JsonElement role) => Add(
        StandInCall.Texts(role.Get("token_policies")),
        StandInCall.Seconds(role.Get("token_ttl")),
        role.Text("token_type") is "batch" ? "batch" : "service",
        StandInCall.Seconds(role.Get("token_num_uses")),
        isWithoutDefault: false);

    public void Renew(StandInToken token) => tokens[token.Id] = token with { EndsAt = DateTimeOffset.UtcNow.AddSeconds(token.Duration) };

    public void Remove(string id) => tokens.TryRemove(id, out _);

    private StandInToken Add(IReadOnlyList<string> policies, int duration, string type, int uses, bool isWithoutDefault)
    {
        var length = duration == 0 ? DefaultDuration : duration;
        var token = new StandInToken(
            $"{type[0]}.{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 24)}",
            [.. policies.Select(policy => policy.ToLowerInvariant()), .. isWithoutDefault ? (string[])[] : ["default"]],
            length,
            DateTimeOffset.UtcNow.AddSeconds(length),
            type,
            uses);
        return tokens[token.Id] = token;
    }
}
