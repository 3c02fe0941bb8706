using KubeInject.Completion;
using KubeInject.Diagnosis;

namespace KubeInject.Cmdlets;

/// <summary>Completes codes of findings, and says what they mean.</summary>
public sealed class FindingCodeCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>> Ask(TypedLine line) => _ => Known(() =>
        from code in FindingManual.Default.Codes
        select new Suggestion(code, FindingManual.Default.Meaning(code) ?? code));
}
