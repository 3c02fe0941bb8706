using System.Runtime.CompilerServices;
using KubeInject.Leases;

namespace KubeInject.Completion;

/// <summary>The leases that a user may be about to name.</summary>
public static class LeaseSuggestions
{
    /// <summary>The identities of the leases of a source.</summary>
    /// <param name="source">The source.</param>
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
