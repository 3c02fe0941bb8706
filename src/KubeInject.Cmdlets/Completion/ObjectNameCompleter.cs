using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of the objects that the cmdlet is about: of pods, or of Secrets.</summary>
public sealed class ObjectNameCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> AskCluster(CompletionContext line)
    {
        var (resource, query) = (line.Resource, line.Query);
        return (cluster, cancellationToken) => cluster.NamesAsync(resource, query, cancellationToken);
    }
}
