using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes field selectors with the fields that the API server supports.</summary>
public sealed class FieldSelectorCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>> CreateQuery(CompletionContext line)
    {
        var (resource, word) = (line.Resource, line.Word);
        return _ => Known(() => FieldSuggestions.Of(resource, word));
    }
}
