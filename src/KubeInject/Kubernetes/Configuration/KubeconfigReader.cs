using System.Text.RegularExpressions;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Reads clusters, users and contexts from the nodes of a kubeconfig.</summary>
/// <remarks>Like kubectl, ignores unknown keys.</remarks>
internal static partial class KubeconfigReader
{
    private const string ExecExtension = "client.authentication.k8s.io/exec";

    public static Kubeconfig Read(string text, string file)
    {
        var root = KubeconfigParser.Parse(file, text);
        if (root is null or { IsNull: true })
            return new Kubeconfig { Files = [file] };
        if (root is not KubeconfigNode.Mapping config)
            throw root.Error("This is not a kubeconfig: a mapping with clusters, users and contexts was expected.");
        if ((config.Text("kind") ?? "Config") != "Config" || (config.Text("apiVersion") ?? "v1") != "v1")
            throw root.Error("This is not a kubeconfig: its kind is not Config of apiVersion v1.");
        config.Mapping("preferences")?.Flag("colors");
        CheckExtensions(config);
        return new Kubeconfig
        {
            Files = [file],
            CurrentContext = config.Text("current-context"),
            Clusters = Entries(config, "clusters", "cluster", ReadCluster),
            Users = Entries(config, "users", "user", ReadUser),
            Contexts = Entries(config, "contexts", "context", ReadContext),
        };
    }

    private static KubeconfigCluster ReadCluster(string name, KubeconfigNode.Mapping cluster)
    {
        CheckExtensions(cluster);
        var server = cluster.Text("server");
        var address = server is null ? null : UserInfo().Replace(server, "");
        return new()
        {
            Name = name,
            File = cluster.File,
            Server = address,
            HasUserInfo = address != server,
            CertificateAuthority = cluster.Text("certificate-authority"),
            CertificateAuthorityData = cluster.Base64("certificate-authority-data", $"cluster '{name}'"),
            InsecureSkipTlsVerify = cluster.Flag("insecure-skip-tls-verify"),
            TlsServerName = cluster.Text("tls-server-name"),
            ProxyUrl = cluster.Hidden("proxy-url"),
            DisableCompression = cluster.Flag("disable-compression"),
            ExecConfig = cluster.Mappings("extensions").FirstOrDefault(extension => extension.Text("name") == ExecExtension)?.Field("extension") is { } config
                ? KubeconfigJson.Write(config)
                : null,
        };
    }

    private static KubeconfigUser ReadUser(string name, KubeconfigNode.Mapping user)
    {
        CheckExtensions(user);
        return new()
        {
            Name = name,
            File = user.File,
            Token = user.Hidden("token"),
            TokenFile = user.Path("tokenFile", $"user '{name}'"),
            ClientCertificate = user.Path("client-certificate", $"user '{name}'"),
            ClientCertificateData = user.Base64("client-certificate-data", $"user '{name}'") is { } certificate ? new SensitiveString(certificate) : null,
            ClientKey = user.Path("client-key", $"user '{name}'"),
            ClientKeyData = user.Base64("client-key-data", $"user '{name}'") is { } key ? new SensitiveString(key) : null,
            Username = user.Text("username"),
            Password = user.Hidden("password"),
            Exec = user.Mapping("exec") is { } exec ? ReadExec(exec) : null,
            AuthProvider = user.Mapping("auth-provider") is { } provider ? ReadAuthProvider(provider) : null,
            ImpersonateUser = user.Text("as"),
            ImpersonateUid = user.Text("as-uid"),
            ImpersonateGroups = user.Texts("as-groups"),
            ImpersonateExtra = user.Mapping("as-user-extra") is { } extra
                ? extra.Entries.Keys.ToDictionary(key => key, extra.Texts, StringComparer.Ordinal)
                : new Dictionary<string, IReadOnlyList<string>>(),
        };
    }

    private static KubeconfigAuthProvider ReadAuthProvider(KubeconfigNode.Mapping provider) => new()
    {
        Name = provider.Text("name") ?? "",
        IdToken = provider.Mapping("config")?.Hidden("id-token"),
    };

    private static KubeconfigExec ReadExec(KubeconfigNode.Mapping exec) => new()
    {
        ApiVersion = exec.Text("apiVersion"),
        Command = exec.Text("command"),
        Arguments = [.. exec.Texts("args").Select(argument => new SensitiveString(argument))],
        Variables = [.. exec.Mappings("env").Select(variable => new ExecVariable(variable.Text("name") ?? "", variable.Hidden("value") ?? new SensitiveString("")))],
        InstallHint = exec.AnyText("installHint"),
        InteractiveMode = exec.Text("interactiveMode"),
        ProvideClusterInfo = exec.Flag("provideClusterInfo"),
    };

    private static KubeconfigContext ReadContext(string name, KubeconfigNode.Mapping context)
    {
        CheckExtensions(context);
        return new()
        {
            Name = name,
            File = context.File,
            Cluster = context.Text("cluster"),
            User = context.Text("user"),
            Namespace = context.Text("namespace"),
        };
    }

    private static List<T> Entries<T>(KubeconfigNode.Mapping config, string listKey, string entryKey, Func<string, KubeconfigNode.Mapping, T> read) =>
        [.. Named(config, listKey).Select(entry => read(entry.Text("name") ?? "", entry.Mapping(entryKey) ?? new KubeconfigNode.Mapping(entry.File, entry.Start, new Dictionary<string, KubeconfigNode>())))];

    private static void CheckExtensions(KubeconfigNode.Mapping mapping) => Named(mapping, "extensions");

    private static List<KubeconfigNode.Mapping> Named(KubeconfigNode.Mapping mapping, string listKey)
    {
        var entries = mapping.Mappings(listKey).ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        return entries.Find(entry => !names.Add(entry.Text("name") ?? "")) is { } second
            ? throw second.Error($"An earlier entry of {listKey} has the same name.")
            : entries;
    }

    [GeneratedRegex("(?<=^[^/]*//)[^/]*@")]
    private static partial Regex UserInfo();
}
