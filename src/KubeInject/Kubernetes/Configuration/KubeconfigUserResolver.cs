using System.Globalization;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

using static KubeInject.Kubernetes.Configuration.KubeconfigEntry;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Adds a user of a kubeconfig to connection settings.</summary>
internal static class KubeconfigUserResolver
{
    public static ConnectionSettings Resolve(ConnectionSettings settings, KubeconfigUser user, string? execConfig)
    {
        var hasToken = user.Token is not null || user.TokenFile is not null;
        if (hasToken && (user.Username is not null || user.Password is not null))
            throw Unusable(user, "has both a token and a username or password; remove one of them");
        if (user.Username is null && user.Password is not null)
            throw Unusable(user, "has a password without a username");
        if (user is { AuthProvider: not null, Exec: not null })
            throw Unusable(user, "has both an auth-provider and an exec plugin; remove one of them");
        var providerToken = user.AuthProvider is { } provider ? ProviderToken(user, provider, hasToken || user.Username is not null) : null;
        var exec = user.Exec is null ? null : Plugin(user, user.Exec, execConfig);
        settings = settings with { Impersonation = Impersonated(user) };

        // Like kubectl, never send a credential in plain text.
        if (settings.Server.Scheme != Uri.UriSchemeHttps)
            return settings;
        var tokenFile = user.TokenFile is null ? null : ResolvePath(user.File, user.TokenFile);
        if (tokenFile is not null && user.Token is null)
            ConfigurationFile.Read(tokenFile, $"tokenFile of user '{user.Name}' in {user.File}: the");
        return settings with
        {
            Token = user.Token ?? providerToken,
            TokenFile = tokenFile,
            ClientCertificate = Certificate(user),
            Username = user.Username,
            Password = user.Password,
            Exec = exec,
        };
    }

    private static ClientCertificate? Certificate(KubeconfigUser user)
    {
        var source = $"user '{user.Name}' in {user.File}";
        if ((user.ClientCertificate is not null && user.ClientCertificateData is not null) || (user.ClientKey is not null && user.ClientKeyData is not null))
            throw Unusable(user, "has a client certificate or its key both as a file and as data; remove one of them");
        var certificate = user.ClientCertificateData is { } data ? Decode(data.Reveal(), $"client-certificate-data of {source}")
            : user.ClientCertificate is { } path ? ReadRelative(user.File, path, $"client-certificate of {source}: the")
            : null;
        var key = user.ClientKeyData is { } keyData ? Decode(keyData.Reveal(), $"client-key-data of {source}")
            : user.ClientKey is { } keyPath ? ReadRelative(user.File, keyPath, $"client-key of {source}: the")
            : null;
        if (certificate is null && key is null)
            return null;
        if (certificate is null || key is null)
            throw Unusable(user, certificate is null ? "has a client key without a client certificate" : "has a client certificate without a client key");
        return ClientCertificate.FromPem(certificate, new SensitiveString(key), source);
    }

    private static ExecPlugin Plugin(KubeconfigUser user, KubeconfigExec exec, string? config)
    {
        if (exec.Command is not { } command)
            throw Unusable(user, "has an exec plugin without a command");
        if (exec.ApiVersion is not (ExecPlugin.Group + "v1" or ExecPlugin.Group + "v1beta1"))
        {
            throw Unusable(user, $"has an exec plugin {(exec.ApiVersion is { } other ? $"of apiVersion '{other}'" : "without an apiVersion")}; " +
                $"use {ExecPlugin.Group}v1, or v1beta1 for an older plugin");
        }

        if (exec.Variables.Any(variable => variable.Name.Length == 0))
            throw Unusable(user, "has an exec plugin with an environment variable without a name");
        var isPath = command.Contains('/', StringComparison.Ordinal) || command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return new ExecPlugin
        {
            ApiVersion = exec.ApiVersion,
            Command = isPath ? ResolvePath(user.File, command) : command,
            Arguments = exec.Arguments,
            Variables = exec.Variables,
            InstallHint = exec.InstallHint,
            InteractiveMode = Mode(user, exec),
            ProvideClusterInfo = exec.ProvideClusterInfo,
            ClusterConfig = config,
        };
    }

    /// <summary>Reads the interactive mode. It is optional only in v1beta1.</summary>
    private static ExecInteractiveMode Mode(KubeconfigUser user, KubeconfigExec exec) => exec.InteractiveMode switch
    {
        null when exec.ApiVersion == $"{ExecPlugin.Group}v1beta1" => ExecInteractiveMode.IfAvailable,
        nameof(ExecInteractiveMode.Never) => ExecInteractiveMode.Never,
        nameof(ExecInteractiveMode.IfAvailable) => ExecInteractiveMode.IfAvailable,
        nameof(ExecInteractiveMode.Always) => ExecInteractiveMode.Always,
        var other => throw Unusable(user, $"has an exec plugin {(other is null ? "without an interactiveMode" : $"with the interactiveMode '{other}'")}; it must be Never, IfAvailable or Always"),
    };

    private static Impersonation? Impersonated(KubeconfigUser user)
    {
        if (user.ImpersonateUser is { } name)
            return new Impersonation { User = name, Uid = user.ImpersonateUid, Groups = user.ImpersonateGroups, Extra = user.ImpersonateExtra };
        return user.ImpersonateUid is null && user.ImpersonateGroups.Count == 0 && user.ImpersonateExtra.Count == 0
            ? null
            : throw Unusable(user, "has as-uid, as-groups or as-user-extra without as");
    }

    /// <summary>Gets the token of the provider oidc, the only one that kubectl still has. It is not refreshed, because the new refresh token would have to be written to the kubeconfig.</summary>
    /// <returns>The token; null if another credential of the user takes precedence.</returns>
    private static SensitiveString? ProviderToken(KubeconfigUser user, KubeconfigAuthProvider provider, bool hasOtherCredential)
    {
        if (provider.Name != "oidc")
            throw Unusable(user, AuthProviderMessage(provider.Name));
        if (hasOtherCredential)
            return null;
        var remedy = $"run 'kubectl --user={user.Name} get --raw /version', which renews it, or use the exec plugin kubectl oidc-login instead";
        if (provider.IdToken is not { } token)
            throw Unusable(user, $"has the auth-provider 'oidc' without an id-token; {remedy}");
        if (JwtClaims.Read(token) is not { } claims)
            throw Unusable(user, $"has the auth-provider 'oidc' with an id-token that is not a JSON Web Token; {remedy}");
        var expiry = claims.ExpiresAt ?? DateTimeOffset.UnixEpoch;
        return expiry > TimeProvider.System.GetUtcNow()
            ? token
            : throw Unusable(user, string.Create(CultureInfo.InvariantCulture, $"has the auth-provider 'oidc' with an id-token that expired at {expiry:u}; {remedy}"));
    }

    private static string AuthProviderMessage(string name)
    {
        var replacement = name switch
        {
            "gcp" => "gke-gcloud-auth-plugin",
            "azure" => "kubelogin",
            "openstack" => "client-keystone-auth",
            _ => null,
        };
        return $"has the auth-provider '{name}', which is no longer supported; use " +
            (replacement is null ? "an exec plugin" : $"the exec plugin {replacement}") + " instead";
    }

    private static ConfigurationException Unusable(KubeconfigUser user, string reason) => Broken("user", user.Name, user.File, reason);
}
