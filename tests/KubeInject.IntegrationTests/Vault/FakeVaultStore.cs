using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Http;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>The KV engines of the fake Vault. Version 2 adds <c>data/</c>, <c>metadata/</c> and versions.</summary>
internal sealed class FakeVaultStore
{
    private readonly SortedDictionary<string, List<Version>> secrets = new(StringComparer.Ordinal);

    /// <summary>Whether a write merges with the existing content, which is true for everything except secrets.</summary>
    public bool Has(FakeVaultRequest call)
    {
        lock (secrets)
            return call.Segments is not [_, "data", ..] || secrets.ContainsKey(Key(call));
    }

    public FakeVaultResponse Answer(FakeVaultRequest call, string version)
    {
        lock (secrets)
            return version == "2" ? AnswerSecond(call) : AnswerFirst(call);
    }

    private FakeVaultResponse AnswerFirst(FakeVaultRequest call)
    {
        if (call.Method is "POST" or "PUT")
            secrets[call.Path] = [new Version(call.Body)];
        return call.Method is "GET" && secrets.TryGetValue(call.Path, out var versions) ? FakeVaultResponse.Of(JsonObject.Create(versions[^1].Data)!)
            : call.Method is "GET" or "LIST" ? FakeVaultResponse.Error(404)
            : FakeVaultResponse.Nothing;
    }

    private FakeVaultResponse AnswerSecond(FakeVaultRequest call)
    {
        var key = Key(call);
        var versions = secrets.GetValueOrDefault(key);
        switch (call.Segments[1], call.Method)
        {
            case ("metadata", "LIST"):
                var keys = secrets.Keys.Where(other => other.StartsWith($"{key}/", StringComparison.Ordinal)).Select(other => other[(key.Length + 1)..])
                    .Select(name => name.Contains('/') ? $"{name.Split('/')[0]}/" : name).Distinct().ToList();
                return keys.Count == 0 ? FakeVaultResponse.Error(404) : FakeVaultResponse.Of(new JsonObject { ["keys"] = new JsonArray([.. keys.Select(name => JsonValue.Create(name))]) });
            case ("metadata", "DELETE"):
                secrets.Remove(key);
                return FakeVaultResponse.Nothing;
            case ("metadata", "GET") when versions is not null:
                return FakeVaultResponse.Of(new JsonObject { ["current_version"] = versions.Count });
            case ("data", "POST" or "PUT"):
                secrets[key] = versions ??= [];
                versions.Add(new Version(call.Body.Get("data")));
                return FakeVaultResponse.Of(Metadata(versions));
            case ("data", "DELETE") when versions is not null:
                versions[^1] = versions[^1] with { DeletedAt = DateTimeOffset.UtcNow };
                return FakeVaultResponse.Nothing;
            case ("data", "GET") when versions is not null:
                var isDeleted = versions[^1].DeletedAt is not null;
                var answer = FakeVaultResponse.Of(new JsonObject { ["data"] = isDeleted ? null : JsonObject.Create(versions[^1].Data), ["metadata"] = Metadata(versions) });
                return isDeleted ? answer with { Status = 404 } : answer;
            default:
                return FakeVaultResponse.Error(404);
        }
    }

    private static string Key(FakeVaultRequest call) => string.Join('/', [call.Segments[0], .. call.Segments[2..]]);

    private static JsonObject Metadata(List<Version> versions) => new()
    {
        ["created_time"] = versions[^1].CreatedAt.ToString("O", CultureInfo.InvariantCulture),
        ["deletion_time"] = versions[^1].DeletedAt?.ToString("O", CultureInfo.InvariantCulture) ?? "",
        ["version"] = versions.Count,
    };

    private sealed record Version(JsonElement Data)
    {
        public DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow;

        public DateTimeOffset? DeletedAt { get; init; }
    }
}
