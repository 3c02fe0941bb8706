using KubeInject.Completion;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of ServiceAccounts.</summary>
public sealed class ServiceAccountCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var query = line.Query;
        return (cluster, cancellationToken) => cluster.NamesAsync(KubeResource.ServiceAccounts, query, cancellationToken);
    }
}
