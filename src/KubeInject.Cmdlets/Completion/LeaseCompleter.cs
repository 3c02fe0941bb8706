using KubeInject.Completion;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes UUIDs of leases of the credential source that the command specifies.</summary>
public sealed class LeaseCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? CreateQuery(CompletionContext line) =>
        line.Value<CredentialSource>("CredentialSource") is { } source ? cancellationToken => LeaseSuggestions.IdentitiesAsync(source, cancellationToken) : null;
}
