using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of pods, or of Secrets for the cmdlets for Secrets.</summary>
public sealed class ObjectNameCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var (resource, query) = (line.Resource, line.Query);
        return (cluster, cancellationToken) => cluster.NamesAsync(resource, query, cancellationToken);
    }
}
