using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes label selectors from the labels of the objects that the cmdlet can select.</summary>
public sealed class LabelSelectorCompleter : ClusterCompleter
{
    private protected override Func<ClusterSuggestions, CancellationToken, IAsyncEnumerable<Suggestion>> CreateClusterQuery(CompletionContext line)
    {
        var (resource, word, query) = (line.Resource, line.Word, line.Query);
        return (cluster, cancellationToken) => cluster.LabelsAsync(resource, query, word, cancellationToken);
    }
}
