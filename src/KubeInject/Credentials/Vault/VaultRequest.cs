using System.Text.Json.Nodes;

namespace KubeInject.Credentials.Vault;

/// <summary>A request to the HTTP API of Vault.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path below <c>/v1/</c>, escaped.</param>
internal sealed record VaultRequest(HttpMethod Method, string Path)
{
    /// <summary>The JSON body; null for none.</summary>
    public JsonObject? Body { get; init; }

    /// <summary>The secrets in the body, which are masked in messages.</summary>
    public IReadOnlyList<SensitiveString> Secrets { get; init; } = [];

    /// <summary>The token for this request. Default: null, the token of the login.</summary>
    public SensitiveString? Token { get; init; }

    /// <summary>Whether the request is sent without a token because it is a login. Default: false.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>
    /// Whether the request can be repeated safely. A request that issues something is not repeatable, and is not aborted
    /// immediately when it is canceled because its response is required to revoke the result. Default: true.
    /// </summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>The path in the format of policies: unescaped, without the query.</summary>
    public string PolicyPath => Uri.UnescapeDataString(Path.Split('?')[0]);

    /// <summary>The capabilities that a policy must grant; null if they follow from the method.</summary>
    public string? Grant { get; init; }

    /// <summary>The capabilities that a policy must grant for this request. (https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities)</summary>
    public string Capabilities => Grant
        ?? (Path.EndsWith("?list=true", StringComparison.Ordinal) ? "list"
        : Method == HttpMethod.Get ? "read"
        : Method == HttpMethod.Delete ? "delete"
        : "update");

    public static VaultRequest Get(string path) => new(HttpMethod.Get, path);

    public static VaultRequest List(string path) => new(HttpMethod.Get, $"{path}?list=true");

    public static VaultRequest Post(string path, JsonObject body, params SensitiveString[] secrets) => new(HttpMethod.Post, path) { Body = body, Secrets = secrets };

    public static VaultRequest KubernetesLogin(string mount, string role, SensitiveString jwt) => new(HttpMethod.Post, $"auth/{Escape(mount)}/login")
    {
        Body = new JsonObject { ["role"] = role, ["jwt"] = jwt.Reveal() },
        Secrets = [jwt],
        IsAnonymous = true,
    };

    /// <summary>Escapes a mount path for use in a request path.</summary>
    /// <exception cref="CredentialException">The mount path is empty or has empty or relative segments.</exception>
    public static string Escape(string mount)
    {
        var parts = mount.Trim('/').Split('/');
        return parts.Any(part => part is "" or "." or "..")
            ? throw new CredentialException(CredentialFailure.Refused, $"'{mount}' is not a valid Vault mount path.")
            : string.Join('/', parts.Select(Uri.EscapeDataString));
    }

    /// <summary>Escapes a role name for use in a request path.</summary>
    /// <exception cref="CredentialException">The name is empty, relative or has a slash.</exception>
    public static string EscapeName(string name) => name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal)
        ? throw new CredentialException(CredentialFailure.Refused, $"'{name}' is not a valid Vault role name.")
        : Uri.EscapeDataString(name);

    /// <summary>Returns only the method and the path, because the body can contain secrets.</summary>
    public override string ToString() => $"{Method} {Path}";
}
