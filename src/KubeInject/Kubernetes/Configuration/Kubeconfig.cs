using KubeInject.Http;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>The data of a kubeconfig or of several merged kubeconfig files. References are not validated.</summary>
public sealed record Kubeconfig
{
    /// <summary>The files, in order of precedence.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The name of the current context; null if no file sets it.</summary>
    public string? CurrentContext { get; init; }

    /// <summary>The clusters, in the order of the files.</summary>
    internal IReadOnlyList<KubeconfigCluster> Clusters { get; init; } = [];

    /// <summary>The users, in the order of the files.</summary>
    internal IReadOnlyList<KubeconfigUser> Users { get; init; } = [];

    /// <summary>The contexts, in the order of the files.</summary>
    internal IReadOnlyList<KubeconfigContext> Contexts { get; init; } = [];

    /// <summary>Whether it contains nothing, like an empty file.</summary>
    internal bool IsEmpty => CurrentContext is null && Clusters.Count == 0 && Users.Count == 0 && Contexts.Count == 0;

    /// <summary>Reads a kubeconfig from text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="file">The path for messages. Relative paths in the text are relative to its folder.</param>
    /// <returns>The data of the kubeconfig; empty for an empty text.</returns>
    /// <exception cref="ConfigurationException">The text is not valid. The message contains the line and the column.</exception>
    public static Kubeconfig Parse(string text, string file) => KubeconfigReader.Read(text, file);

    /// <summary>Reads one kubeconfig file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The data of the file.</returns>
    /// <exception cref="ConfigurationException">The file is missing, cannot be read or is not valid.</exception>
    public static Kubeconfig Load(string path) => Parse(ConfigurationFile.Read(path, "kubeconfig"), path);

    /// <summary>Reads several kubeconfig files and merges them.</summary>
    /// <param name="paths">The paths of the files. Earlier files have precedence.</param>
    /// <returns>The merged data.</returns>
    /// <exception cref="ConfigurationException">No path is specified, or a file is missing, cannot be read or is not valid.</exception>
    public static Kubeconfig Load(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var configs = paths.Select(Load).ToList();
        return configs.Count > 0
            ? configs.Aggregate((first, second) => first.Merge(second))
            : throw new ConfigurationException("No kubeconfig file is specified.");
    }

    /// <summary>Reads and merges the same files as kubectl: the files in <c>KUBECONFIG</c>, else <c>~/.kube/config</c>.</summary>
    /// <param name="environment">The environment with the variables and the home folder; null for the environment of this process.</param>
    /// <returns>The merged data; null if none of the files exists.</returns>
    /// <exception cref="ConfigurationException">A file cannot be read or is not valid.</exception>
    public static Kubeconfig? Find(KubeEnvironment? environment = null)
    {
        Kubeconfig? merged = null;
        foreach (var path in DefaultPaths(environment ?? KubeEnvironment.Process))
        {
            // Missing files are ignored, because KUBECONFIG often names files that exist only on some machines.
            if (ConfigurationFile.TryRead(path, "kubeconfig") is not { } text)
                continue;
            var config = Parse(text, path);
            merged = merged is null ? config : merged.Merge(config);
        }

        return merged;
    }

    /// <summary>Merges another kubeconfig into this one.</summary>
    /// <param name="other">The kubeconfig with lower precedence. It does not replace the current context or existing entries.</param>
    /// <returns>The merged kubeconfig.</returns>
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

    /// <summary>Lists the contexts, in the order of the files.</summary>
    /// <returns>The contexts, without secrets.</returns>
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
            IsCurrent = context.Name == (CurrentContext ?? ""),
        }),
    ];

    /// <summary>Gets the paths that <see cref="Find"/> reads.</summary>
    internal static IReadOnlyList<string> DefaultPaths(KubeEnvironment environment)
    {
        if (environment.Variable("KUBECONFIG") is not { Length: > 0 } list)
            return [Path.Combine(environment.HomeFolder, ".kube", "config")];
        var paths = list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return [.. paths.Select(environment.ExpandHome).Select(environment.FullPath).Distinct()];
    }
}
