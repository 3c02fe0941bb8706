namespace KubeInject.Credentials;

/// <summary>
/// Issues, renews and revokes credentials in one kind of place. It keeps no account of them; that is done around it.
/// Each of its calls ends within a limit of its own.
/// </summary>
/// <remarks>Where a call fails it throws a <see cref="CredentialException"/>, or what the cluster's client throws.</remarks>
public interface ICredentialIssuer
{
    /// <summary>The issuer's name, as the user chooses it: <c>local</c>, <c>vault</c>.</summary>
    string Name { get; }

    /// <summary>
    /// What tells its credentials from those of another issuer of the same name that records its leases in the same
    /// place, such as the server's address; null (default) where there can be no other.
    /// </summary>
    string? Place => null;

    /// <summary>What the user has to know before using these credentials, in one sentence; null where there is nothing.</summary>
    string? Notice { get; }

    /// <summary>Whether <see cref="RevokeAsync"/> ends a credential. Where it does not, the credential is somebody else's to end. Default: true.</summary>
    bool Revokes => true;

    /// <summary>
    /// Checks whether the credential may be issued at all, and makes ready whatever is needed to revoke it. No
    /// credential exists yet when it ends. Where it fails it leaves nothing behind.
    /// </summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>What is needed to revoke the credential: to be recorded now.</returns>
    Task<CredentialHandle> PrepareAsync(CredentialRequest request, CancellationToken cancellationToken);

    /// <summary>Issues a credential. A record of the handle exists by then.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="handle">What was made ready for it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The credential.</returns>
    Task<Credential> IssueAsync(CredentialRequest request, CredentialHandle handle, CancellationToken cancellationToken);

    /// <summary>Puts off the end of a credential.</summary>
    /// <param name="handle">The credential.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>When it ends now; null where it does not end by itself.</returns>
    /// <exception cref="CredentialException"><see cref="CredentialFailure.LeaseEnded"/>: it has ended and cannot be renewed any more.</exception>
    Task<DateTimeOffset?> RenewAsync(CredentialHandle handle, CancellationToken cancellationToken);

    /// <summary>Revokes whatever a lease may have brought into being. Without effect where that is gone already.</summary>
    /// <param name="handle">The credential, whether or not it was issued.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when nothing of the credential is left.</returns>
    Task RevokeAsync(CredentialHandle handle, CancellationToken cancellationToken);
}
