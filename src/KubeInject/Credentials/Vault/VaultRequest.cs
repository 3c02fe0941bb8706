using System.Text.Json.Nodes;

namespace KubeInject.Credentials.Vault;

/// <summary>One call of Vault's HTTP API.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path below <c>/v1/</c>, escaped.</param>
internal sealed record VaultRequest(HttpMethod Method, string Path)
{
    /// <summary>What is sent along; null for nothing.</summary>
    public JsonObject? Body { get; init; }

    /// <summary>What is secret of the body, and must not show up in any message.</summary>
    public IReadOnlyList<SensitiveString> Secrets { get; init; } = [];

    /// <summary>The token to use in place of that of the own login; null for that.</summary>
    public SensitiveString? Token { get; init; }

    /// <summary>Whether no token is sent at all: the request is a login.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>
    /// Whether it does no harm twice. What does (it issues something) is also not broken off as soon as it is
    /// cancelled: its answer names what there is to revoke.
    /// </summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>The path as a policy names it.</summary>
    public string PolicyPath => Uri.UnescapeDataString(Path.Split('?')[0]);

    /// <summary>What a policy has to grant for it, where the method does not say it.</summary>
    public string? Grant { get; init; }

    /// <summary>What a policy has to grant for it. (https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities)</summary>
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

    /// <summary>A mount path, for use in a path.</summary>
    /// <exception cref="CredentialException">It would lead elsewhere.</exception>
    public static string Escape(string mount)
    {
        var parts = mount.Trim('/').Split('/');
        return parts.Any(part => part is "" or "." or "..")
            ? throw new CredentialException(CredentialFailure.Refused, $"'{mount}' is not a valid Vault mount path.")
            : string.Join('/', parts.Select(Uri.EscapeDataString));
    }

    /// <summary>The name of a role, for use in a path.</summary>
    /// <exception cref="CredentialException">It would lead elsewhere.</exception>
    public static string EscapeName(string name) => name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal)
        ? throw new CredentialException(CredentialFailure.Refused, $"'{name}' is not a valid Vault role name.")
        : Uri.EscapeDataString(name);

    /// <summary>Prints nothing of the body.</summary>
    public override string ToString() => $"{Method} {Path}";
}
