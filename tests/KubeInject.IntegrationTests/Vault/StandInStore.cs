using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Http;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>The KV engines of the fake Vault. Version 2 adds <c>data/</c>, <c>metadata/</c> and versions.</summary>
internal sealed class StandInStore
{
    private readonly SortedDictionary<string, List<Version>> secrets = new(StringComparer.Ordinal);

    /// <summary>Whether a write merges with the existing content, which is true for everything except secrets.</summary>
    public bool Has(StandInCall call)
    {
        lock (secrets)
            return call.Segments is not [_, "data", ..] || secrets.ContainsKey(Key(call));
    }

    public StandInAnswer Answer(StandInCall call, string version)
    {
        lock (secrets)
            return version == "2" ? AnswerSecond(call) : AnswerFirst(call);
    }

    private StandInAnswer AnswerFirst(StandInCall call)
    {
        if (call.Method is "POST" or "PUT")
            secrets[call.Path] = [new Version(call.Body)];
        return call.Method is "GET" && secrets.TryGetValue(call.Path, out var versions) ? StandInAnswer.Of(JsonObject.Create(versions[^1].Data)!)
            : call.Method is "GET" or "LIST" ? StandInAnswer.Error(404)
            : StandInAnswer.Nothing;
    }

    private StandInAnswer AnswerSecond(StandInCall call)
    {
        var key = Key(call);
        var versions = secrets.GetValueOrDefault(key);
        switch (call.Segments[1], call.Method)
        {
            case ("metadata", "LIST"):
                var keys = secrets.Keys.Where(other => other.StartsWith($"{key}/", StringComparison.Ordinal)).Select(other => other[(key.Length + 1)..])
                    .Select(name => name.Contains('/') ? $"{name.Split('/')[0]}/" : name).Distinct().ToList();
                return keys.Count == 0 ? StandInAnswer.Error(404) : StandInAnswer.Of(new JsonObject { ["keys"] = new JsonArray([.. keys.Select(name => JsonValue.Create(name))]) });
            case ("metadata", "DELETE"):
                secrets.Remove(key);
                return StandInAnswer.Nothing;
            case ("metadata", "GET") when versions is not null:
                return StandInAnswer.Of(new JsonObject { ["current_version"] = versions.Count });
            case ("data", "POST" or "PUT"):
                secrets[key] = versions ??= [];
                versions.Add(new Version(call.Body.Get("data")));
                return StandInAnswer.Of(Metadata(versions));
            case ("data", "DELETE") when versions is not null:
                versions[^1] = versions[^1] with { DeletedAt = DateTimeOffset.UtcNow };
                return StandInAnswer.Nothing;
            case ("data", "GET") when versions is not null:
                var isDeleted = versions[^1].DeletedAt is not null;
                var answer = StandInAnswer.Of(new JsonObject { ["data"] = isDeleted ? null : JsonObject.Create(versions[^1].Data), ["metadata"] = Metadata(versions) });
                return isDeleted ? answer with { Status = 404 } : answer;
            default:
                return StandInAnswer.Error(404);
        }
    }

    private static string Key(StandInCall call) => string.Join('/', [call.Segments[0], .. call.Segments[2..]]);

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
