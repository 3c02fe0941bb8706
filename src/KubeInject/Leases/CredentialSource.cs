using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>
/// Where credentials come from, with every one of them accounted for: a record that is enough to revoke it is kept
/// before a credential comes into being, and there is none that nobody knows.
/// </summary>
public sealed class CredentialSource
{
    private readonly ICredentialIssuer issuer;
    private readonly ILeaseStore leases;
    private readonly KubeObjectClient? client;

    /// <summary>A source of an issuer and a store.</summary>
    /// <param name="issuer">Issues, renews and revokes.</param>
    /// <param name="leases">Keeps the records.</param>
    /// <param name="client">The cluster that credentials are delivered in; null where none is delivered in a Secret.</param>
    /// <param name="time">Tells the time; default: the system's clock.</param>
    internal CredentialSource(ICredentialIssuer issuer, ILeaseStore leases, KubeObjectClient? client = null, TimeProvider? time = null)
    {
        this.issuer = issuer;
        this.leases = leases;
        this.client = client;
        Time = time ?? TimeProvider.System;
    }

    /// <summary>How long taking back may last. It is not cancelled with what it takes back.</summary>
    internal static readonly TimeSpan CleanupTimeout = TimeSpan.FromSeconds(60);

    /// <summary>The name of the issuer: <c>local</c>, <c>vault</c>.</summary>
    public string Name => issuer.Name;

    /// <summary>What the user has to know before using these credentials, in one sentence; null where there is nothing.</summary>
    public string? Notice => issuer.Notice;

    /// <summary>Whether revoking a lease ends its credential. Where it does not, it only forgets the lease.</summary>
    public bool Revokes => issuer.Revokes;

    /// <summary>Where the records are kept.</summary>
    public ILeaseStore Leases => leases;

    /// <summary>The cluster that credentials are delivered in; null where none is delivered in a Secret.</summary>
    internal KubeObjectClient? Client => client;

    /// <summary>What issues, renews and revokes.</summary>
    internal ICredentialIssuer Issuer => issuer;

    internal TimeProvider Time { get; }

    /// <summary>The source for trying things out: made-up credentials, recorded in a folder.</summary>
    /// <param name="folder">The folder for the records; default: <see cref="FileLeaseStore.DefaultFolder"/>.</param>
    /// <returns>The source.</returns>
    public static CredentialSource CreateLocal(string? folder = null) =>
        new(new LocalCredentialIssuer(), new FileLeaseStore(folder ?? FileLeaseStore.DefaultFolder));

    /// <summary>The same source, for credentials that are delivered in a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <returns>The source.</returns>
    internal CredentialSource WithCluster(KubeObjectClient cluster) => new(issuer, leases, cluster, Time);

    /// <summary>Issues a credential: records what is needed to revoke it, issues, completes the record. Whatever fails after the first is undone.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Ends the attempt, and undoes it.</param>
    /// <returns>The credential and its record.</returns>
    public async Task<IssuedLease> IssueAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var clusterUid = await ClusterUidAsync(cancellationToken).ConfigureAwait(false);
        var handle = await issuer.PrepareAsync(request, cancellationToken).ConfigureAwait(false);
        var record = LeaseRecord.For(request, handle, issuer, clusterUid, Time.GetUtcNow());
        try
        {
            await leases.WriteAsync(record, cancellationToken).ConfigureAwait(false);
            var credential = await issuer.IssueAsync(request, handle, cancellationToken).ConfigureAwait(false);
            record = record.Complete(credential);
            await leases.WriteAsync(record, cancellationToken).ConfigureAwait(false);
            return new IssuedLease(record, credential);
        }
        catch (Exception exception)
        {
            if (await RollBackAsync([record]).ConfigureAwait(false) is { } left)
                throw new CredentialException((exception as CredentialException)?.Reason ?? CredentialFailure.Unavailable, $"{exception.Message} {left}", exception);
            throw;
        }
    }

    /// <summary>Renews a credential and its record.</summary>
    /// <param name="record">The lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The record as it is now; the same where there is nothing to renew.</returns>
    /// <exception cref="CredentialException"><see cref="CredentialFailure.LeaseEnded"/>: it has ended and cannot be renewed any more.</exception>
    public async Task<LeaseRecord> RenewAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        CheckOwn(record);
        if (!record.IsRenewable)
            return record;
        var expiresAt = await issuer.RenewAsync(record.Handle, cancellationToken).ConfigureAwait(false);
        var renewed = record with { ExpiresAt = expiresAt, RenewedAt = Time.GetUtcNow() };
        await leases.WriteAsync(renewed, cancellationToken).ConfigureAwait(false);
        return renewed;
    }

    /// <summary>
    /// Revokes a credential, deletes the Secret that it was delivered in, then forgets it. Where any of that fails the
    /// record stays, so that it can be tried again.
    /// </summary>
    /// <param name="record">The lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>When neither credential nor record is left: what was left alone all the same, and why, in one sentence; null if nothing was.</returns>
    public async Task<string?> RevokeAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        CheckOwn(record);
        await issuer.RevokeAsync(record.Handle, cancellationToken).ConfigureAwait(false);
        var left = record.Secret is { } secret ? await DeleteAsync(secret, record.Uuid, cancellationToken).ConfigureAwait(false) : null;
        await leases.RemoveAsync(record.Uuid, cancellationToken).ConfigureAwait(false);
        return left;
    }

    /// <summary>
    /// Whether a lease is from this source. Several can record theirs in one place, and each has to leave the others'
    /// alone: it would find nothing to revoke, and forget what lives.
    /// </summary>
    internal bool Owns(LeaseRecord record) => record.Source == Name && record.Place == issuer.Place;

    /// <summary>Revokes what was issued and is not handed out. One that cannot be revoked does not keep the others.</summary>
    /// <param name="records">The leases.</param>
    /// <returns>What to tell of those that could not be revoked, in one sentence; null where there are none.</returns>
    internal async Task<string?> RollBackAsync(IEnumerable<LeaseRecord> records)
    {
        var left = new List<string>();
        foreach (var record in records)
        {
            // Not cancelled with the attempt: this is what cancelling asks for.
            using var limit = new CancellationTokenSource(CleanupTimeout, Time);
            try
            {
                await RevokeAsync(record, limit.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                left.Add($"{record.Uuid} ({exception.Message})");
            }
        }

        return left.Count == 0 ? null : $"Some issued credentials could not be revoked. The records of these leases are kept for the next sweep: {string.Join(", ", left)}.";
    }

    private void CheckOwn(LeaseRecord record)
    {
        if (!Owns(record))
        {
            throw new CredentialException(
                CredentialFailure.Refused, $"The lease {record.Uuid} belongs to the source {Describe(record.Source, record.Place)}, not to {Describe(Name, issuer.Place)}. Use that source.");
        }

        static string Describe(string name, string? place) => place is null ? $"'{name}'" : $"'{name}' at {place}";
    }

    /// <summary>
    /// Deletes the Secret of a lease: what carries the lease's own label and what else our Secrets have. A record can
    /// name any Secret, and we may delete them all; so the server itself checks what it deletes.
    /// </summary>
    /// <returns>Why it was left alone; null if it is gone.</returns>
    private async Task<string?> DeleteAsync(ObjectReference secret, Guid uuid, CancellationToken cancellationToken)
    {
        if (client is null)
            throw new InvalidOperationException($"The credential was delivered in {secret}, which can only be deleted in the cluster. Connect to the cluster first.");
        try
        {
            // Whatever becomes of the selectors on the way, no other object than this one is deleted.
            var uid = await client.DryRunDeleteAsync(KubeResource.Secrets, secret.Name, secret.Namespace, cancellationToken).ConfigureAwait(false)
                ?? throw client.NotKubernetes("its response to a dry run of a Secret deletion has no uid");
            var query = new KubeQuery
            {
                Namespace = secret.Namespace,
                LabelSelector = $"{KubeLeaseStore.DeliveryLabel}{uuid},{KubeLeaseStore.ManagedByLabel}={KubeWriteOptions.DefaultFieldManager}",
                FieldSelector = $"metadata.name={secret.Name},type={KubeLeaseStore.DeliveryType}",
            };
            if (await client.DeleteSelectedAsync(KubeResource.Secrets, query, new KubeDeleteOptions { Uid = uid }, cancellationToken).ConfigureAwait(false) > 0)
                return null;
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            // Gone already, with another lease of the same pod template or with its workload.
            return null;
        }

        return $"Its record names {secret}, which does not have the label of this lease and was not deleted. The credential was revoked. Check the Secret, and who may write lease records.";
    }

    /// <summary>The UID of the cluster that credentials are issued for; null if none is connected, or it may not be read.</summary>
    private async Task<string?> ClusterUidAsync(CancellationToken cancellationToken)
    {
        try
        {
            return client is null ? null : await client.GetClusterUidAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return null; // the first sweep that sees the owner writes it
        }
    }
}
