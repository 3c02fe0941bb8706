using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes database names from the manifests or workloads of the command, or else from the pods of the namespace.</summary>
public sealed class DatabaseCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? CreateQuery(CompletionContext line)
    {
        if (line.ManifestPaths() is { } paths)
        {
            var recurse = line.IsOn("Recurse");
            return cancellationToken => ManifestSuggestions.DatabasesAsync(paths, recurse, cancellationToken).NamesAsync(cancellationToken);
        }

        if (line.Connection is not { } connection)
            return null;
        var cluster = new ClusterSuggestions(connection);
        var (workloads, query) = (line.Texts("Workload"), line.Query);
        return cancellationToken => (workloads.Count > 0
            ? cluster.DatabasesAsync(workloads, query.Namespace, cancellationToken)
            : cluster.DatabasesAsync(query, cancellationToken)).NamesAsync(cancellationToken);
    }
}
