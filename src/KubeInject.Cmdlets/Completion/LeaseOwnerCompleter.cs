using KubeInject.Completion;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of pods and workloads that can own leases, from the specified namespace or else from all namespaces.</summary>
public sealed class LeaseOwnerCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var (word, query, isPod) = (line.Word, line.Query with { AllNamespaces = !line.Has("Namespace") }, line.Parameter == "Pod");
        return (cluster, cancellationToken) => isPod
            ? cluster.NamesAsync(KubeResource.Pods, query, cancellationToken)
            : cluster.WorkloadsAsync(word, query, cancellationToken);
    }
}
