namespace KubeInject.Kubernetes;

/// <summary>Reads the nodes of one kubeconfig as clusters, users and contexts.</summary>
/// <remarks>Unknown keys are left alone, as kubectl leaves them.</remarks>
internal static class KubeconfigReader
{
    private static readonly string[] UnsupportedOfCluster = ["proxy-url"];
    private static readonly string[] UnsupportedOfUser = ["exec", "auth-provider", "as", "as-uid", "as-groups", "as-user-extra"];

    public static Kubeconfig Read(string text, string file)
    {
        var root = KubeconfigParser.Parse(file, text);
        if (root is null or KubeconfigNode.Scalar { IsNull: true })
            return new Kubeconfig { Files = [file] };
        if (root is not KubeconfigNode.Mapping config)
            throw root.Error("This is not a kubeconfig: a mapping with clusters, users and contexts was expected.");
        if (Text(config, "kind") is { Length: > 0 } kind && kind != "Config")
            throw root.Error("This is not a kubeconfig: its kind is not Config.");
        return new Kubeconfig
        {
            Files = [file],
            CurrentContext = Text(config, "current-context") is { Length: > 0 } current ? current : null,
            Clusters = Entries(config, "clusters", "cluster", ReadCluster),
            Users = Entries(config, "users", "user", ReadUser),
            Contexts = Entries(config, "contexts", "context", ReadContext),
        };
    }

    private static KubeconfigCluster ReadCluster(string name, KubeconfigNode.Mapping cluster) => new()
    {
        Name = name,
        File = cluster.File,
        Server = Text(cluster, "server"),
        CertificateAuthority = Text(cluster, "certificate-authority"),
        CertificateAuthorityData = Text(cluster, "certificate-authority-data"),
        InsecureSkipTlsVerify = Flag(cluster, "insecure-skip-tls-verify"),
        TlsServerName = Text(cluster, "tls-server-name"),
        Unsupported = Set(cluster, UnsupportedOfCluster),
    };

    private static KubeconfigUser ReadUser(string name, KubeconfigNode.Mapping user) => new()
    {
        Name = name,
        File = user.File,
        Token = Hidden(user, "token"),
        TokenFile = Text(user, "tokenFile"),
        ClientCertificate = Text(user, "client-certificate"),
        ClientCertificateData = Text(user, "client-certificate-data"),
        ClientKey = Text(user, "client-key"),
        ClientKeyData = Hidden(user, "client-key-data"),
        Username = Text(user, "username"),
        Password = Hidden(user, "password"),
        Unsupported = Set(user, UnsupportedOfUser),
    };

    private static KubeconfigContext ReadContext(string name, KubeconfigNode.Mapping context) => new()
    {
        Name = name,
        File = context.File,
        Cluster = Text(context, "cluster"),
        User = Text(context, "user"),
        Namespace = Text(context, "namespace"),
    };

    private static List<T> Entries<T>(
        KubeconfigNode.Mapping config, string listKey, string entryKey, Func<string, KubeconfigNode.Mapping, T> read)
    {
        var entries = new List<T>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        switch (config.Entries.GetValueOrDefault(listKey))
        {
            case null or KubeconfigNode.Scalar { IsNull: true }:
                return entries;
            case KubeconfigNode.Sequence list:
                foreach (var item in list.Items)
                {
                    var entry = AsMapping(item, $"An entry of {listKey}");
                    var name = Text(entry, "name") ?? "";
                    if (!names.Add(name))
                        throw entry.Error($"The name of this entry of {listKey} is taken by an earlier one.");
                    var body = entry.Entries.TryGetValue(entryKey, out var node) && node is not KubeconfigNode.Scalar { IsNull: true }
                        ? AsMapping(node, $"{entryKey} in an entry of {listKey}")
                        : new KubeconfigNode.Mapping(entry.File, entry.Start, new Dictionary<string, KubeconfigNode>());
                    entries.Add(read(name, body));
                }

                return entries;
            case var other:
                throw other.Error($"{listKey} has to be a list.");
        }
    }

    private static KubeconfigNode.Mapping AsMapping(KubeconfigNode node, string what) =>
        node as KubeconfigNode.Mapping ?? throw node.Error($"{what} has to be a mapping.");

    /// <summary>An empty text counts as absent, as it does for kubectl.</summary>
    private static string? Text(KubeconfigNode.Mapping mapping, string key) => mapping.Entries.GetValueOrDefault(key) switch
    {
        null or KubeconfigNode.Scalar { IsNull: true } or KubeconfigNode.Scalar { Value: "" } => null,
        KubeconfigNode.Scalar scalar => scalar.Value,
        var other => throw other.Error($"{key} has to be a text."),
    };

    private static Secret? Hidden(KubeconfigNode.Mapping mapping, string key) => Text(mapping, key) is { } text ? new Secret(text) : null;

    /// <summary>The words that kubectl's YAML takes for true and false.</summary>
    private static bool Flag(KubeconfigNode.Mapping mapping, string key) => Text(mapping, key)?.ToLowerInvariant() switch
    {
        null or "false" or "no" or "off" => false,
        "true" or "yes" or "on" => true,
        _ => throw mapping.Entries[key].Error($"{key} has to be true or false."),
    };

    private static List<string> Set(KubeconfigNode.Mapping mapping, IEnumerable<string> keys) =>
        [.. keys.Where(key => mapping.Entries.TryGetValue(key, out var node) && !IsEmpty(node))];

    private static bool IsEmpty(KubeconfigNode node) => node switch
    {
        KubeconfigNode.Scalar scalar => scalar.IsNull || scalar.Value.Length == 0,
        KubeconfigNode.Sequence sequence => sequence.Items.Count == 0,
        KubeconfigNode.Mapping mapping => mapping.Entries.Count == 0,
        _ => false,
    };
}
