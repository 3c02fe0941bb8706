using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Credentials.Vault;

/// <summary>How KubeInject itself logs in to Vault. Prints no secret.</summary>
public sealed class VaultLogin
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

    /// <summary>Logs in with the ServiceAccount of the pod that this process runs in (Kubernetes auth).</summary>
    /// <param name="role">The role of the auth method.</param>
    /// <param name="mount">Where the auth method is mounted. Default: <c>kubernetes</c>.</param>
    /// <param name="tokenFile">The file of the ServiceAccount's token, read anew for each login; null for the mounted one.</param>
    /// <returns>The login.</returns>
    public static VaultLogin Kubernetes(string role, string mount = "kubernetes", string? tokenFile = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(role);
        ArgumentException.ThrowIfNullOrWhiteSpace(mount);
        var path = tokenFile ?? Path.Combine(KubeEnvironment.Process.ServiceAccountFolder, "token");
        return new VaultLogin($"the role '{role}' of auth/{mount.Trim('/')}", request: () => VaultRequest.KubernetesLogin(mount, role, ReadToken(path)));
    }

    /// <summary>Uses a token that somebody else has got.</summary>
    /// <param name="token">The token.</param>
    /// <returns>The login.</returns>
    public static VaultLogin Token(SensitiveString token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new VaultLogin("the specified token", () => token);
    }

    /// <summary>Logs in with an AppRole.</summary>
    /// <param name="roleId">The role's id.</param>
    /// <param name="secretId">The secret id.</param>
    /// <param name="mount">Where the auth method is mounted. Default: <c>approle</c>.</param>
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

    /// <summary>Uses the token that Vault's own command line would use: that of <c>VAULT_TOKEN</c>, or else of <c>~/.vault-token</c>, where <c>vault login</c> keeps it.</summary>
    /// <param name="environment">Where variables and the home folder come from; null for this process's own.</param>
    /// <returns>The login; null where there is no such token.</returns>
    /// <exception cref="ConfigurationException">The file cannot be read.</exception>
    public static VaultLogin? FromEnvironment(KubeEnvironment? environment = null)
    {
        var of = environment ?? KubeEnvironment.Process;
        return VaultEnvironment.Token(of) is { } first
            ? new VaultLogin("the token in VAULT_TOKEN or ~/.vault-token", () => VaultEnvironment.Token(of) ?? first)
            : null;
    }

    /// <summary>Who logs in, in words.</summary>
    /// <returns>For example <c>the role 'kubeinject' of auth/kubernetes</c>.</returns>
    public override string ToString() => description;

    /// <summary>The token, where none has to be asked for; null otherwise.</summary>
    internal SensitiveString? GivenToken() => token?.Invoke();

    /// <summary>The request that is answered with a token.</summary>
    internal VaultRequest CreateRequest() => request!();

    private static SensitiveString ReadToken(string path)
    {
        var text = ConfigurationFile.Read(path, "ServiceAccount token").Trim();
        return text.Length > 0 ? new SensitiveString(text) : throw new ConfigurationException($"The ServiceAccount token file {path} is empty.") { File = path };
    }
}
