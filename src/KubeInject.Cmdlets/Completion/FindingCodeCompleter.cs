using KubeInject.Completion;
using KubeInject.Reports;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes codes of findings, with their meanings.</summary>
public sealed class FindingCodeCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>> CreateQuery(CompletionContext line) => _ => Known(() =>
    {
        var manual = FindingDocumentation.Load();
        return manual.Codes.Select(code => new Suggestion(code, manual.Meaning(code) ?? code));
    });
}
