using System.Runtime.CompilerServices;
using KubeInject.Leases;

namespace KubeInject.Completion;

/// <summary>Suggestions for leases.</summary>
internal static class LeaseSuggestions
{
    /// <summary>Gets the identities of the leases of a credential source.</summary>
    /// <param name="source">The credential source.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The identities.</returns>
    public static async IAsyncEnumerable<Suggestion> IdentitiesAsync(CredentialSource source, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        foreach (var record in await source.Leases.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (source.Owns(record))
                yield return new Suggestion($"{record.Uuid}", $"{record.Database}: role {record.Role}, for {record.Owner}");
        }
    }
}
