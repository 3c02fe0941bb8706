namespace KubeInject.Credentials;

/// <summary>Issues and revokes credentials in one kind of place. It keeps no account of them; that is done around it.</summary>
public interface ICredentialIssuer
{
    /// <summary>The issuer's name, as the user chooses it: <c>local</c>.</summary>
    string Name { get; }

    /// <summary>What the user has to know before using these credentials, in one sentence; null where there is nothing.</summary>
    string? Notice { get; }

    /// <summary>Issues a credential. A record of the request exists by then.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The credential.</returns>
    Task<Credential> IssueAsync(CredentialRequest request, CancellationToken cancellationToken);

    /// <summary>Revokes whatever a lease may have brought into being. Without effect where that is gone already.</summary>
    /// <param name="uuid">The lease.</param>
    /// <param name="leaseId">The issuer's own name for it; null where issuing broke off before there was one.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when nothing of the credential is left.</returns>
    Task RevokeAsync(Guid uuid, string? leaseId, CancellationToken cancellationToken);
}
