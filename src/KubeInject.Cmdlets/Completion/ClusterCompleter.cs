using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes from the cluster that the cmdlet will talk to.</summary>
public abstract class ClusterCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? Ask(CompletionContext line)
    {
        if (line.Connection is not { } connection)
            return null;
        var ask = AskCluster(line);
        return cancellationToken => ask(new ClusterSuggestions(connection), cancellationToken);
    }

    /// <summary>What the cluster is to be asked.</summary>
    private protected abstract Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> AskCluster(CompletionContext line);
}
