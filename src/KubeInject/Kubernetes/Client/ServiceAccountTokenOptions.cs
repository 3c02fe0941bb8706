using System.Text.Json.Nodes;

namespace KubeInject.Kubernetes.Client;

/// <summary>What token of a ServiceAccount to ask for.</summary>
public sealed record ServiceAccountTokenOptions
{
    /// <summary>Whom the token is for; empty for the API server itself (default).</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>How long it should live; the server gives no less than 600 seconds, and may give less than asked. Null for the server's default of an hour (default).</summary>
    public long? ExpirationSeconds { get; init; }

    /// <summary>The body of the request.</summary>
    internal JsonObject ToJson()
    {
        var spec = new JsonObject { ["audiences"] = new JsonArray([.. Audiences.Select(audience => JsonValue.Create(audience))]) };
        if (ExpirationSeconds is { } seconds)
            spec["expirationSeconds"] = seconds;
        return new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "TokenRequest", ["spec"] = spec };
    }
}
