using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>The base class of completers that query the cluster of the command.</summary>
public abstract class ClusterCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? CreateQuery(CompletionContext line)
    {
        if (line.Connection is not { } connection)
            return null;
        var query = CreateClusterQuery(line);
        return cancellationToken => query(new ClusterSuggestions(connection), cancellationToken);
    }

    /// <summary>Returns the query that reads suggestions from the cluster.</summary>
    private protected abstract Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line);
}
