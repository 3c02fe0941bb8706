using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of servers from the Services in the namespace of the connection.</summary>
public sealed class ServerNameCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line) =>
        (cluster, cancellationToken) => cluster.ServerNamesAsync(cancellationToken);
}
