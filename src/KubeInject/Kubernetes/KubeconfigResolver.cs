using System.Text;

namespace KubeInject.Kubernetes;

/// <summary>Turns a context of a kubeconfig, with its cluster and its user, into settings.</summary>
internal static class KubeconfigResolver
{
    public static ConnectionSettings Resolve(Kubeconfig config, string? contextName)
    {
        var context = FindContext(config, contextName);
        if (context.Cluster is not { } clusterName)
            throw Broken("context", context.Name, context.File, "names no cluster");
        var cluster = config.Clusters.FirstOrDefault(cluster => cluster.Name == clusterName)
            ?? throw Broken("context", context.Name, context.File, $"names the cluster '{clusterName}', which is not defined");
        var user = context.User is not { } userName
            ? null
            : config.Users.FirstOrDefault(user => user.Name == userName)
                ?? throw Broken("context", context.Name, context.File, $"names the user '{userName}', which is not defined");
        var settings = WithCluster(cluster) with { Context = context.Name, Namespace = context.Namespace ?? "default" };

        // As with kubectl, nothing that proves who the user is travels in clear text.
        return user is null || settings.Server.Scheme != Uri.UriSchemeHttps ? settings : WithUser(settings, user);
    }

    private static KubeconfigContext FindContext(Kubeconfig config, string? contextName)
    {
        var files = string.Join(", ", config.Files);
        var known = config.Contexts.Count == 0
            ? "It has no contexts."
            : $"Its contexts are: {string.Join(", ", config.Contexts.Select(context => context.Name))}.";
        var name = string.IsNullOrEmpty(contextName) ? config.CurrentContext : contextName;
        if (name is null)
            throw new KubeConfigurationException($"The kubeconfig {files} sets no current-context, and no context was asked for. {known}");
        return config.Contexts.FirstOrDefault(context => context.Name == name)
            ?? throw new KubeConfigurationException($"The kubeconfig {files} has no context '{name}'. {known}");
    }

    private static ConnectionSettings WithCluster(KubeconfigCluster cluster)
    {
        RejectUnsupported("cluster", cluster.Name, cluster.File, cluster.Unsupported);
        var authority = Authority(cluster);
        if (authority is not null && cluster.InsecureSkipTlsVerify)
            throw Broken("cluster", cluster.Name, cluster.File, "has a certificate authority together with insecure-skip-tls-verify; remove one of them");
        if (cluster.Server is not { } address)
            throw Broken("cluster", cluster.Name, cluster.File, "has no server");

        // kubectl completes an address without a scheme in this way.
        if (!address.Contains("://", StringComparison.Ordinal))
            address = (authority is not null || cluster.InsecureSkipTlsVerify ? "https://" : "http://") + address;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || !ConnectionSettings.IsServerAddress(server))
            throw Broken("cluster", cluster.Name, cluster.File, "has a server that is no http or https address");
        return new ConnectionSettings
        {
            Server = server,
            CertificateAuthority = authority,
            SkipCertificateCheck = cluster.InsecureSkipTlsVerify,
            TlsServerName = cluster.TlsServerName,
        };
    }

    private static CertificateAuthority? Authority(KubeconfigCluster cluster)
    {
        if (cluster.CertificateAuthorityData is { } data)
        {
            var source = $"certificate-authority-data of cluster '{cluster.Name}' in {cluster.File}";
            return CertificateAuthority.FromPem(Decode(data, source), source);
        }

        return cluster.CertificateAuthority is { } path
            ? CertificateAuthority.FromPem(
                ReadBeside(cluster.File, path, $"certificate-authority of cluster '{cluster.Name}' in {cluster.File}: the"), Beside(cluster.File, path))
            : null;
    }

    private static ConnectionSettings WithUser(ConnectionSettings settings, KubeconfigUser user)
    {
        RejectUnsupported("user", user.Name, user.File, user.Unsupported);
        var hasToken = user.Token is not null || user.TokenFile is not null;
        if (hasToken && (user.Username is not null || user.Password is not null))
            throw Broken("user", user.Name, user.File, "has both a token and a username or password; remove one of them");
        if (user.Username is null && user.Password is not null)
            throw Broken("user", user.Name, user.File, "has a password without a username");
        return settings with
        {
            Token = user.TokenFile is null ? user.Token : null,
            TokenFile = user.TokenFile is { } path ? Beside(user.File, path) : null,
            ClientCertificate = Certificate(user),
            Username = user.Username,
            Password = user.Password,
        };
    }

    private static ClientCertificate? Certificate(KubeconfigUser user)
    {
        var source = $"user '{user.Name}' in {user.File}";
        var certificate = user.ClientCertificateData is { } data ? Decode(data, $"client-certificate-data of {source}")
            : user.ClientCertificate is { } path ? ReadBeside(user.File, path, $"client-certificate of {source}: the")
            : null;
        var key = user.ClientKeyData is { } keyData ? Decode(keyData.Reveal(), $"client-key-data of {source}")
            : user.ClientKey is { } keyPath ? ReadBeside(user.File, keyPath, $"client-key of {source}: the")
            : null;
        if (certificate is null && key is null)
            return null;
        if (certificate is null || key is null)
            throw Broken("user", user.Name, user.File, certificate is null ? "has a client key without a client certificate" : "has a client certificate without a client key");
        return ClientCertificate.FromPem(certificate, new Secret(key), source);
    }

    private static void RejectUnsupported(string kind, string name, string file, IReadOnlyList<string> keys)
    {
        if (keys.Count > 0)
            throw Broken(kind, name, file, $"needs {string.Join(", ", keys)}, which this version does not support");
    }

    private static string Decode(string base64, string source)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw new KubeConfigurationException($"The {source} is not base64.");
        }
    }

    private static string ReadBeside(string file, string path, string purpose) => ConfigurationFile.Read(Beside(file, path), purpose);

    private static string Beside(string file, string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, path);

    private static KubeConfigurationException Broken(string kind, string name, string file, string reason) =>
        new($"The {kind} '{name}' in {file} {reason}.") { File = file };
}
