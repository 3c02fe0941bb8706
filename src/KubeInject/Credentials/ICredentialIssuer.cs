namespace KubeInject.Credentials;

/// <summary>
/// Issues, renews and revokes credentials of one kind of source. An issuer does not record the leases; the caller does.
/// Each call has its own time limit.
/// </summary>
/// <remarks>A call that fails throws a <see cref="CredentialException"/> or an exception of the Kubernetes client.</remarks>
public interface ICredentialIssuer
{
    /// <summary>The name of the source, for example <c>local</c> or <c>vault</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Distinguishes the leases of this issuer from those of other issuers with the same name in the same lease store, for
    /// example the address of the server. Default: null, there are no such issuers.
    /// </summary>
    string? ServerName => null;

    /// <summary>Where the credentials come from, without secrets: for example a server and its database. Default: null, unknown.</summary>
    string? Location => null;

    /// <summary>The identity that issues the credentials, without secrets: for example a database user or a Vault role. Default: null, unknown.</summary>
    string? User => null;

    /// <summary>A warning about these credentials in one sentence; null if there is none.</summary>
    string? Notice { get; }

    /// <summary>Whether <see cref="RevokeAsync"/> invalidates a credential. If it does not, the credential is managed outside of KubeInject. Default: true.</summary>
    bool Revokes => true;

    /// <summary>
    /// Checks whether the credential may be issued, and creates the data that is required to revoke it. This call issues no
    /// credential. If it fails, it removes everything that it created.
    /// </summary>
    /// <param name="lease">The requested lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The lease with the data that is required to revoke the credential. The caller stores it before it calls <see cref="IssueAsync"/>.</returns>
    Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken);

    /// <summary>Issues a credential. The caller has stored the lease.</summary>
    /// <param name="lease">The result of <see cref="PrepareAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The credential.</returns>
    Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken);

    /// <summary>Renews a credential.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The new expiration time; null if the credential does not expire.</returns>
    /// <exception cref="CredentialException"><see cref="CredentialFailure.LeaseEnded"/>: the credential can no longer be renewed.</exception>
    Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken);

    /// <summary>Revokes the credential of a lease, and everything that was created for it. Does nothing if that no longer exists.</summary>
    /// <param name="lease">The lease, whether or not its credential was issued.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that completes when the credential is revoked.</returns>
    Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken);
}
