using KubeInject.Completion;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of the Secrets of the connection's namespace.</summary>
public sealed class SecretNameCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> AskCluster(CompletionContext line) =>
        (cluster, cancellationToken) => cluster.NamesAsync(KubeResource.Secrets, new KubeQuery(), cancellationToken);
}
