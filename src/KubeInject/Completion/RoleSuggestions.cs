using System.Runtime.CompilerServices;
using KubeInject.Credentials;

namespace KubeInject.Completion;

/// <summary>Suggestions for roles from the server that issues credentials.</summary>
internal static class RoleSuggestions
{
    /// <summary>Gets the roles that an issuer issues credentials of. There are none if it cannot list them.</summary>
    /// <param name="issuer">The issuer.</param>
    /// <param name="mount">The mount path of the database secrets engine.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The roles.</returns>
    public static async IAsyncEnumerable<Suggestion> OfAsync(ICredentialIssuer issuer, string mount, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        if (issuer is not IRoleLister lister)
            yield break;
        foreach (var role in await ListAsync(lister, mount, cancellationToken).ConfigureAwait(false))
            yield return new Suggestion(role, $"{role}: role in {issuer.Location ?? issuer.Name}");
    }

    private static async Task<IReadOnlyList<string>> ListAsync(IRoleLister lister, string mount, CancellationToken cancellationToken)
    {
        try
        {
            return await lister.ListRolesAsync(mount, cancellationToken).ConfigureAwait(false);
        }
        catch (CredentialException)
        {
            // The roles that pods request are still suggested.
            return [];
        }
    }
}
