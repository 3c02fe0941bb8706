using KubeInject.Http;

using static KubeInject.Kubernetes.Configuration.KubeconfigEntry;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Creates connection settings from a context of a kubeconfig with its cluster and user.</summary>
internal static class KubeconfigResolver
{
    public static ConnectionSettings Resolve(Kubeconfig config, string? contextName)
    {
        var context = FindContext(config, contextName);
        if (context.Cluster is not { } clusterName)
            throw Broken("context", context.Name, context.File, "does not name a cluster");
        var cluster = config.Clusters.FirstOrDefault(cluster => cluster.Name == clusterName)
            ?? throw Broken("context", context.Name, context.File, $"names the cluster '{clusterName}', which is not defined");
        var user = context.User is not { } userName
            ? null
            : config.Users.FirstOrDefault(user => user.Name == userName)
                ?? throw Broken("context", context.Name, context.File, $"names the user '{userName}', which is not defined");
        var settings = WithCluster(cluster) with { Context = context.Name, Namespace = context.Namespace ?? "default" };
        return user is null ? settings : KubeconfigUserResolver.Resolve(settings, user, cluster.ExecConfig);
    }

    private static KubeconfigContext FindContext(Kubeconfig config, string? contextName)
    {
        var files = string.Join(", ", config.Files);
        var known = config.Contexts.Count == 0
            ? "It has no contexts."
            : $"Its contexts are: {string.Join(", ", config.Contexts.Select(context => context.Name))}.";

        // Like kubectl, use a context without a name if no other context is selected.
        var name = string.IsNullOrEmpty(contextName) ? config.CurrentContext ?? "" : contextName;
        return config.Contexts.FirstOrDefault(context => context.Name == name)
            ?? throw new ConfigurationException(name.Length == 0
                ? $"The kubeconfig {files} sets no current-context, and no context is specified. {known}"
                : $"The kubeconfig {files} has no context '{name}'. {known}");
    }

    private static ConnectionSettings WithCluster(KubeconfigCluster cluster)
    {
        var server = Server(cluster);
        var proxy = cluster.ProxyUrl is not { } url ? null
            : ProxyAddress.TryParse(url.Reveal()) ?? throw Broken("cluster", cluster.Name, cluster.File, "has a proxy-url that is not an http, https or socks5 address");
        var authority = Authority(cluster, server.Scheme == Uri.UriSchemeHttps);
        if (authority is not null && cluster.InsecureSkipTlsVerify)
            throw Broken("cluster", cluster.Name, cluster.File, "has both a certificate authority and insecure-skip-tls-verify; remove one of them");
        return new ConnectionSettings
        {
            Server = server,
            CertificateAuthority = authority,
            SkipCertificateCheck = cluster.InsecureSkipTlsVerify,
            TlsServerName = cluster.TlsServerName,
            Proxy = proxy,
            DisableCompression = cluster.DisableCompression,
        };
    }

    private static Uri Server(KubeconfigCluster cluster)
    {
        if (cluster.Server is not { } address)
            throw Broken("cluster", cluster.Name, cluster.File, "has no server");
        if (cluster.HasUserInfo)
            throw Broken("cluster", cluster.Name, cluster.File, "has a server address with a username or a password; move them to the user's entry");

        // Like kubectl, treat an address without a scheme as http, and ignore query and fragment.
        if (!address.Contains("://", StringComparison.Ordinal))
            address = $"http://{address}";
        return !address.Any(char.IsWhiteSpace) && Uri.TryCreate(address.Split('?', '#')[0], UriKind.Absolute, out var server) && ConnectionSettings.IsServerAddress(server)
            ? server
            : throw Broken("cluster", cluster.Name, cluster.File, "has a server that is not an http or https address");
    }

    private static CertificateAuthority? Authority(KubeconfigCluster cluster, bool isUsed)
    {
        if (cluster.CertificateAuthorityData is null && cluster.CertificateAuthority is null)
            return null;
        var entry = $"of cluster '{cluster.Name}' in {cluster.File}";
        string pem, source, location;
        if (cluster.CertificateAuthorityData is { } data)
        {
            source = location = $"certificate-authority-data {entry}";
            pem = Decode(data, source);
        }
        else
        {
            source = ResolvePath(cluster.File, cluster.CertificateAuthority!);
            location = $"{source}, the certificate-authority {entry},";
            pem = ReadRelative(cluster.File, cluster.CertificateAuthority!, $"certificate-authority {entry}: the");
        }

        // Without TLS, the file must exist, but its content is not used.
        return isUsed ? CertificateAuthority.FromPem(pem, source, location) : null;
    }
}
