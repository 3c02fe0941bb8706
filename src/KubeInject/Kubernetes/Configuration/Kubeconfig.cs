using KubeInject.Http;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>The data of a kubeconfig, or of several merged into one. Nothing is connected or checked yet.</summary>
public sealed record Kubeconfig
{
    /// <summary>The files that it was read from, in the order in which they count.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The name of the context to use where the caller names none; null where the files set none.</summary>
    public string? CurrentContext { get; init; }

    /// <summary>The clusters, in the order of the files.</summary>
    public IReadOnlyList<KubeconfigCluster> Clusters { get; init; } = [];

    /// <summary>The users, in the order of the files.</summary>
    public IReadOnlyList<KubeconfigUser> Users { get; init; } = [];

    /// <summary>The contexts, in the order of the files.</summary>
    public IReadOnlyList<KubeconfigContext> Contexts { get; init; } = [];

    /// <summary>Whether it says nothing at all, as an empty file does.</summary>
    internal bool IsEmpty => CurrentContext is null && Clusters.Count == 0 && Users.Count == 0 && Contexts.Count == 0;

    /// <summary>Reads a kubeconfig from text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="file">The path that the text stands for: messages name it, and relative paths are relative to its folder.</param>
    /// <returns>The data of the kubeconfig; empty for an empty text.</returns>
    /// <exception cref="ConfigurationException">The text is malformed; the message gives line and column.</exception>
    public static Kubeconfig Parse(string text, string file) => KubeconfigReader.Read(text, file);

    /// <summary>Reads one kubeconfig file.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The data of the file.</returns>
    /// <exception cref="ConfigurationException">The file is missing, unreadable or malformed.</exception>
    public static Kubeconfig Load(string path) => Parse(ConfigurationFile.Read(path, "kubeconfig"), path);

    /// <summary>Reads several kubeconfig files and merges them.</summary>
    /// <param name="paths">The files' paths; what stands in an earlier file counts more.</param>
    /// <returns>The merged data.</returns>
    /// <exception cref="ConfigurationException">No path is given, or a file is missing, unreadable or malformed.</exception>
    public static Kubeconfig Load(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var configs = paths.Select(Load).ToList();
        return configs.Count > 0
            ? configs.Aggregate((first, second) => first.Merge(second))
            : throw new ConfigurationException("No kubeconfig file is specified.");
    }

    /// <summary>Reads and merges the files that kubectl would: those in <c>KUBECONFIG</c>, else <c>~/.kube/config</c>.</summary>
    /// <param name="environment">Where variables and the home folder come from; null for this process's own.</param>
    /// <returns>The merged data; null where none of the files exists.</returns>
    /// <exception cref="ConfigurationException">A file is unreadable or malformed.</exception>
    public static Kubeconfig? Find(KubeEnvironment? environment = null)
    {
        Kubeconfig? merged = null;
        foreach (var path in DefaultPaths(environment ?? KubeEnvironment.Process))
        {
            // A missing file of the list is no error: the list often names files that only some machines have.
            if (ConfigurationFile.TryRead(path, "kubeconfig") is not { } text)
                continue;
            var config = Parse(text, path);
            merged = merged is null ? config : merged.Merge(config);
        }

        return merged;
    }

    /// <summary>Adds what another kubeconfig has and this one has not.</summary>
    /// <param name="other">The kubeconfig that counts less: it neither changes the current context nor an entry whose name is taken.</param>
    /// <returns>Both in one.</returns>
    public Kubeconfig Merge(Kubeconfig other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new Kubeconfig
        {
            Files = [.. Files, .. other.Files],
            CurrentContext = CurrentContext ?? other.CurrentContext,
            Clusters = [.. Clusters.Concat(other.Clusters).DistinctBy(cluster => cluster.Name)],
            Users = [.. Users.Concat(other.Users).DistinctBy(user => user.Name)],
            Contexts = [.. Contexts.Concat(other.Contexts).DistinctBy(context => context.Name)],
        };
    }

    /// <summary>What the contexts lead to, in the order of the files.</summary>
    /// <returns>The contexts, without anything secret.</returns>
    public IReadOnlyList<KubeContext> ListContexts() =>
    [
        .. Contexts.Select(context => new KubeContext
        {
            Name = context.Name,
            Cluster = context.Cluster,
            Server = Clusters.FirstOrDefault(cluster => cluster.Name == context.Cluster)?.Server,
            User = context.User,
            Namespace = context.Namespace ?? "default",
            File = context.File,
            KubeConfig = Files.ToArray(),
            IsCurrent = context.Name == CurrentContext,
        }),
    ];

    /// <summary>The files that <see cref="Find"/> looks for.</summary>
    internal static IReadOnlyList<string> DefaultPaths(KubeEnvironment environment)
    {
        if (environment.Variable("KUBECONFIG") is not { Length: > 0 } list)
            return [Path.Combine(environment.HomeFolder, ".kube", "config")];
        var paths = list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return [.. paths.Select(environment.FullPath).Distinct()];
    }
}
