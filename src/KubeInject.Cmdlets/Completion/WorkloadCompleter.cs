using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of workloads, for example <c>deployment/orders</c>.</summary>
public sealed class WorkloadCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var (word, query) = (line.Word, line.Query);
        return (cluster, cancellationToken) => cluster.WorkloadsAsync(word, query, cancellationToken);
    }
}
