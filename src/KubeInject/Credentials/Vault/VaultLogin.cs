using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Credentials.Vault;

/// <summary>How KubeInject logs in to Vault. Its text contains no secret.</summary>
internal sealed class VaultLogin
{
    private readonly Func<SensitiveString>? token;
    private readonly Func<VaultRequest>? request;
    private readonly string description;

    private VaultLogin(string description, Func<SensitiveString>? token = null, Func<VaultRequest>? request = null)
    {
        this.description = description;
        this.token = token;
        this.request = request;
    }

    /// <summary>Logs in with the ServiceAccount of the pod that this process runs in (Kubernetes auth method).</summary>
    /// <param name="role">The role of the auth method.</param>
    /// <param name="mount">The mount path of the auth method. Default: <c>kubernetes</c>.</param>
    /// <param name="tokenFile">The file with the ServiceAccount token, which is read for each login. Default: null, the token that is mounted in the pod.</param>
    /// <returns>The login.</returns>
    public static VaultLogin Kubernetes(string role, string mount = "kubernetes", string? tokenFile = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(role);
        ArgumentException.ThrowIfNullOrWhiteSpace(mount);
        var path = tokenFile ?? Path.Combine(KubeEnvironment.Process.ServiceAccountFolder, "token");
        return new VaultLogin($"the role '{role}' of auth/{mount.Trim('/')}", request: () => VaultRequest.KubernetesLogin(mount, role, ReadToken(path)));
    }

    /// <summary>Uses an existing token.</summary>
    /// <param name="token">The token. It is not renewed.</param>
    /// <returns>The login.</returns>
    public static VaultLogin Token(SensitiveString token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new VaultLogin("the specified token", () => token);
    }

    /// <summary>Logs in with an AppRole.</summary>
    /// <param name="roleId">The role ID.</param>
    /// <param name="secretId">The secret ID.</param>
    /// <param name="mount">The mount path of the auth method. Default: <c>approle</c>.</param>
    /// <returns>The login.</returns>
    public static VaultLogin AppRole(string roleId, SensitiveString secretId, string mount = "approle")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(roleId);
        ArgumentNullException.ThrowIfNull(secretId);
        ArgumentException.ThrowIfNullOrWhiteSpace(mount);
        return new VaultLogin($"the AppRole of auth/{mount.Trim('/')}", request: () => new VaultRequest(HttpMethod.Post, $"auth/{VaultRequest.Escape(mount)}/login")
        {
            Body = new JsonObject { ["role_id"] = roleId, ["secret_id"] = secretId.Reveal() },
            Secrets = [secretId],
            IsAnonymous = true,
        });
    }

    /// <summary>Uses the token of the Vault CLI: <c>VAULT_TOKEN</c>, or the token that <c>vault login</c> stored in <c>~/.vault-token</c>.</summary>
    /// <param name="environment">The environment variables and the home folder. Default: null, the environment of this process.</param>
    /// <returns>The login; null if there is no such token.</returns>
    /// <exception cref="ConfigurationException">The file cannot be read.</exception>
    public static VaultLogin? FromEnvironment(KubeEnvironment? environment = null)
    {
        var source = environment ?? KubeEnvironment.Process;
        return VaultEnvironment.Token(source) is { } first
            ? new VaultLogin("the token in VAULT_TOKEN or ~/.vault-token", () => VaultEnvironment.Token(source) ?? first)
            : null;
    }

    /// <summary>Describes the login without secrets.</summary>
    /// <returns>For example <c>the role 'kubeinject' of auth/kubernetes</c>.</returns>
    public override string ToString() => description;

    /// <summary>Returns the existing token; null if a login request is required.</summary>
    internal SensitiveString? GivenToken() => token?.Invoke();

    /// <summary>Creates the login request.</summary>
    internal VaultRequest CreateRequest() => request!();

    private static SensitiveString ReadToken(string path)
    {
        var text = ConfigurationFile.Read(path, "ServiceAccount token").Trim();
        return text.Length > 0 ? new SensitiveString(text) : throw new ConfigurationException($"The ServiceAccount token file {path} is empty.") { File = path };
    }
}
