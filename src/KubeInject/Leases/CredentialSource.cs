using KubeInject.Credentials;

namespace KubeInject.Leases;

/// <summary>
/// Where credentials come from, with every one of them accounted for: a record that is enough to revoke it is kept
/// before a credential comes into being, and there is none that nobody knows.
/// </summary>
/// <param name="issuer">Issues and revokes.</param>
/// <param name="leases">Keeps the records.</param>
/// <param name="time">Tells the time; default: the system's clock.</param>
public sealed class CredentialSource(ICredentialIssuer issuer, ILeaseStore leases, TimeProvider? time = null)
{
    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <summary>The name of the issuer: <c>local</c>.</summary>
    public string Name => issuer.Name;

    /// <summary>What the user has to know before using these credentials, in one sentence; null where there is nothing.</summary>
    public string? Notice => issuer.Notice;

    /// <summary>The source for trying things out: made-up credentials, recorded in a folder.</summary>
    /// <param name="folder">The folder for the records; default: <see cref="FileLeaseStore.DefaultFolder"/>.</param>
    /// <returns>The source.</returns>
    public static CredentialSource CreateLocal(string? folder = null) =>
        new(new LocalCredentialIssuer(), new FileLeaseStore(folder ?? FileLeaseStore.DefaultFolder));

    /// <summary>Issues a credential: records the request, issues, completes the record. Whatever fails after the first is undone.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Ends the attempt, and undoes it.</param>
    /// <returns>The credential.</returns>
    public async Task<Credential> IssueAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var record = LeaseRecord.For(request, Name, time.GetUtcNow());
        await leases.WriteAsync(record, cancellationToken).ConfigureAwait(false);
        string? leaseId = null;
        try
        {
            var credential = await issuer.IssueAsync(request, cancellationToken).ConfigureAwait(false);
            leaseId = credential.LeaseId;
            await leases.WriteAsync(record.Complete(credential), cancellationToken).ConfigureAwait(false);
            return credential;
        }
        catch
        {
            // Not cancelled with the attempt: this is what cancelling asks for.
            await RevokeAsync(request.Uuid, leaseId, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Revokes a credential, then forgets it. Where revoking fails the record stays, so that it can be tried again.</summary>
    /// <param name="uuid">The lease.</param>
    /// <param name="leaseId">The issuer's own name for it; null where there is none yet.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when neither credential nor record is left.</returns>
    public async Task RevokeAsync(Guid uuid, string? leaseId, CancellationToken cancellationToken)
    {
        await issuer.RevokeAsync(uuid, leaseId, cancellationToken).ConfigureAwait(false);
        await leases.RemoveAsync(uuid, cancellationToken).ConfigureAwait(false);
    }
}
