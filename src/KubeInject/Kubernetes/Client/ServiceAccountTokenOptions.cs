using System.Text.Json.Nodes;

namespace KubeInject.Kubernetes.Client;

/// <summary>The options of a token request for a ServiceAccount.</summary>
internal sealed record ServiceAccountTokenOptions
{
    /// <summary>The audiences of the token; empty for the API server (default).</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>The requested lifetime in seconds; at least 600. The server may return a shorter lifetime. Null for the default of the server, which is one hour (default).</summary>
    public long? ExpirationSeconds { get; init; }

    /// <summary>Gets the request body.</summary>
    internal JsonObject ToJson()
    {
        var spec = new JsonObject { ["audiences"] = new JsonArray([.. Audiences.Select(audience => JsonValue.Create(audience))]) };
        if (ExpirationSeconds is { } seconds)
            spec["expirationSeconds"] = seconds;
        return new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "TokenRequest", ["spec"] = spec };
    }
}
