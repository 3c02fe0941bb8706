using KubeInject.Completion;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of namespaces.</summary>
public sealed class NamespaceCompleter : ClusterCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? CreateQuery(CompletionContext line)
    {
        if (!line.SpecifiesSettings)
            return base.CreateQuery(line);
        if (line.Has("Server") || line.Has("InCluster"))
            return null;
        var settings = line.Settings();
        var query = CreateClusterQuery(line);
        return cancellationToken => ClusterSuggestions.OfAsync(settings, cluster => query(cluster, cancellationToken), cancellationToken);
    }

    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line) =>
        (cluster, cancellationToken) => cluster.NamesAsync(KubeResource.Namespaces, new KubeQuery(), cancellationToken);
}
