using KubeInject.Completion;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of Secrets in the namespace of the connection.</summary>
public sealed class SecretNameCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line) =>
        (cluster, cancellationToken) => cluster.NamesAsync(KubeResource.Secrets, new KubeQuery(), cancellationToken);
}
