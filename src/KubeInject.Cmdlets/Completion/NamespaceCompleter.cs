using KubeInject.Completion;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of namespaces.</summary>
public sealed class NamespaceCompleter : ClusterCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? Ask(CompletionContext line)
    {
        if (!line.NamesSettings)
            return base.Ask(line);
        if (line.Has("Server") || line.Has("InCluster"))
            return null;
        var settings = line.Settings();
        var ask = AskCluster(line);
        return cancellationToken => ClusterSuggestions.OfAsync(settings, cluster => ask(cluster, cancellationToken), cancellationToken);
    }

    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> AskCluster(CompletionContext line) =>
        (cluster, cancellationToken) => cluster.NamesAsync(KubeResource.Namespaces, new KubeQuery(), cancellationToken);
}
