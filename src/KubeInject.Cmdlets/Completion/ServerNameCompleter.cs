using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes names of servers: of the Services of the connection's namespace.</summary>
public sealed class ServerNameCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> AskCluster(CompletionContext line) =>
        (cluster, cancellationToken) => cluster.ServerNamesAsync(cancellationToken);
}
