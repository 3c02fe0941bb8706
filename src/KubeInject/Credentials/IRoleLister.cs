namespace KubeInject.Credentials;

/// <summary>An issuer that can list the roles that it issues credentials of.</summary>
internal interface IRoleLister
{
    /// <summary>Lists the roles that pods can request.</summary>
    /// <param name="mount">The mount path of the database secrets engine. A source without mounts ignores it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The names of the roles, in alphabetical order.</returns>
    /// <exception cref="CredentialException">The server did not respond, or denied the list.</exception>
    Task<IReadOnlyList<string>> ListRolesAsync(string mount, CancellationToken cancellationToken);
}
