using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>
/// Issues credentials and records their leases. The record, which is sufficient to revoke the credential, is written before
/// the credential is issued, so that no credential is lost.
/// </summary>
public sealed partial class CredentialSource
{
    private readonly ICredentialIssuer issuer;
    private readonly ILeaseStore leases;
    private readonly KubeObjectClient? client;

    /// <summary>Creates a source of an issuer and a lease store.</summary>
    /// <param name="issuer">Issues, renews and revokes credentials.</param>
    /// <param name="leases">Stores the records.</param>
    /// <param name="client">The cluster with the Secrets that deliver credentials; null if no Secret is used.</param>
    /// <param name="time">The clock; default: the system clock.</param>
    internal CredentialSource(ICredentialIssuer issuer, ILeaseStore leases, KubeObjectClient? client = null, TimeProvider? time = null)
    {
        this.issuer = issuer;
        this.leases = leases;
        this.client = client;
        Time = time ?? TimeProvider.System;
    }

    /// <summary>The time limit for the rollback of one lease. A rollback is not canceled together with its operation.</summary>
    internal static readonly TimeSpan CleanupTimeout = TimeSpan.FromSeconds(60);

    /// <summary>The name of the issuer, for example <c>local</c> or <c>vault</c>.</summary>
    public string Name => issuer.Name;

    /// <summary>Where the credentials come from: the server with its database or namespace, or the Secrets. Contains no secret. Null if it is unknown.</summary>
    public string? Location => issuer.Location;

    /// <summary>The identity that issues the credentials: the database user, or the login in Vault. Contains no secret. Null if it is unknown.</summary>
    public string? User => issuer.User;

    /// <summary>A warning about these credentials in one sentence; null if there is none.</summary>
    public string? Notice => issuer.Notice;

    /// <summary>Whether a revocation invalidates the credential. Otherwise, it only removes the record.</summary>
    public bool Revokes => issuer.Revokes;

    /// <summary>The store of the records.</summary>
    public ILeaseStore Leases => leases;

    /// <summary>The cluster with the Secrets that deliver credentials; null if no Secret is used.</summary>
    internal KubeObjectClient? Client => client;

    /// <summary>The issuer.</summary>
    internal ICredentialIssuer Issuer => issuer;

    internal TimeProvider Time { get; }

    /// <summary>Creates a source for tests and demonstrations, with random credentials and records in a folder.</summary>
    /// <param name="folder">The folder for the records; default: <see cref="FileLeaseStore.DefaultFolder"/>.</param>
    /// <returns>The source.</returns>
    public static CredentialSource CreateLocal(string? folder = null) =>
        new(new LocalCredentialIssuer(), new FileLeaseStore(folder ?? FileLeaseStore.DefaultFolder));

    /// <summary>Returns the same source, with a cluster for the Secrets that deliver credentials.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <returns>The source.</returns>
    internal CredentialSource WithCluster(KubeObjectClient cluster) => new(issuer, leases, cluster, Time);

    /// <summary>Issues a credential: writes the record, issues the credential, and completes the record. After a failure, everything is rolled back.</summary>
    /// <param name="request">The requested credential.</param>
    /// <param name="cancellationToken">Cancels the operation and rolls it back.</param>
    /// <returns>The credential and its record.</returns>
    public async Task<IssuedLease> IssueAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var clusterUid = await ClusterUidAsync(cancellationToken).ConfigureAwait(false);
        var prepared = await issuer.PrepareAsync(LeaseRecord.For(request, issuer, clusterUid), cancellationToken).ConfigureAwait(false);
        var record = prepared with { RecordedAt = Time.GetUtcNow() };
        try
        {
            await leases.WriteAsync(record, cancellationToken).ConfigureAwait(false);
            var credential = await issuer.IssueAsync(record, cancellationToken).ConfigureAwait(false);
            record = record.Complete(credential);
            await leases.WriteAsync(record, cancellationToken).ConfigureAwait(false);
            return new IssuedLease(record, credential);
        }
        catch (Exception exception)
        {
            if (await RollBackAsync([record]).ConfigureAwait(false) is { } remaining)
                throw new CredentialException((exception as CredentialException)?.Reason ?? CredentialFailure.Unavailable, $"{exception.Message} {remaining}", exception);
            throw;
        }
    }

    /// <summary>Renews a credential and its record.</summary>
    /// <param name="record">The lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The new record; unchanged if the credential is not renewable.</returns>
    /// <exception cref="CredentialException"><see cref="CredentialFailure.LeaseEnded"/>: the credential can no longer be renewed.</exception>
    public async Task<LeaseRecord> RenewAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        CheckOwn(record);
        if (!record.IsRenewable)
            return record;
        var expiresAt = await issuer.RenewAsync(record, cancellationToken).ConfigureAwait(false);
        var renewed = record with { ExpiresAt = expiresAt, RenewedAt = Time.GetUtcNow() };
        await leases.WriteAsync(renewed, cancellationToken).ConfigureAwait(false);
        return renewed;
    }

    /// <summary>
    /// Revokes a credential, deletes the Secret that delivered it, and removes the record. If a step fails, the record is kept
    /// for another attempt.
    /// </summary>
    /// <param name="record">The lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A warning about a Secret that was not deleted, and the reason; null if there is none.</returns>
    public async Task<string?> RevokeAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        CheckOwn(record);
        try
        {
            await issuer.RevokeAsync(record, cancellationToken).ConfigureAwait(false);
        }
        catch (CredentialException exception) when (exception.IsDisabled && !(record.ExpiresAt <= Time.GetUtcNow()))
        {
            await leases.WriteAsync(record with { ExpiresAt = Time.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
            throw;
        }

        var remaining = record.Secret is { } secret ? await DeleteAsync(secret, record.Uuid, cancellationToken).ConfigureAwait(false) : null;
        await leases.RemoveAsync(record.Uuid, cancellationToken).ConfigureAwait(false);
        return remaining;
    }

    /// <summary>
    /// Whether a lease belongs to this source. Several sources can share a store, and a source must not revoke leases of another
    /// source: it would find no credential, and remove the record of a credential that is still valid.
    /// </summary>
    internal bool Owns(LeaseRecord record) => record.Source == Name && record.ServerName == issuer.ServerName;

    /// <summary>Revokes issued credentials that are not used. Continues after a failure.</summary>
    /// <param name="records">The leases.</param>
    /// <returns>A message about leases that could not be revoked; null if there are none.</returns>
    internal async Task<string?> RollBackAsync(IEnumerable<LeaseRecord> records)
    {
        var remaining = new List<string>();
        foreach (var record in records)
        {
            // Independent of the canceled operation, because a cancellation is a reason for the rollback.
            using var limit = new CancellationTokenSource(CleanupTimeout, Time);
            try
            {
                if (await IsReplacedAsync(record, limit.Token).ConfigureAwait(false))
                    await issuer.RevokeAsync(record, limit.Token).ConfigureAwait(false);
                else
                    await RevokeAsync(record, limit.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                remaining.Add($"{record.Uuid} ({exception.Message})");
            }
        }

        return remaining.Count == 0 ? null : $"Some issued credentials could not be revoked. The records of these leases are kept for the next sweep: {string.Join(", ", remaining)}.";
    }

    /// <summary>
    /// Whether another process has recorded the lease again, because it has taken over while this process was interrupted. Then
    /// only the credential of this process is revoked, because the record and the Secret are those of the other process.
    /// </summary>
    private async Task<bool> IsReplacedAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        try
        {
            return await leases.FindAsync(record.Uuid, cancellationToken).ConfigureAwait(false) is { } current && current.RecordedAt != record.RecordedAt;
        }
        catch (InvalidDataException)
        {
            return false; // it was written incompletely
        }
    }

    private void CheckOwn(LeaseRecord record)
    {
        if (!Owns(record))
        {
            throw new CredentialException(
                CredentialFailure.Refused, $"The lease {record.Uuid} belongs to the source {Describe(record.Source, record.ServerName)}, not to {Describe(Name, issuer.ServerName)}. Use that source.");
        }

        static string Describe(string name, string? serverName) => serverName is null ? $"'{name}'" : $"'{name}' at {serverName}";
    }

    /// <summary>
    /// Deletes the Secret of a lease only if it has the label of the lease and the other properties of KubeInject's Secrets. A
    /// record can name any Secret, and KubeInject may delete all Secrets, so the server checks these conditions.
    /// </summary>
    /// <returns>Why the Secret was not deleted; null if it no longer exists.</returns>
    private async Task<string?> DeleteAsync(ObjectReference secret, Guid uuid, CancellationToken cancellationToken)
    {
        if (client is null)
            throw new InvalidOperationException($"The credential was delivered in {secret}, which can only be deleted in the cluster. Connect to the cluster first.");
        try
        {
            // With the UID, no other object is deleted even if the selectors are lost on the way to the server.
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
            // Already deleted, with another lease of the same pod template or with its workload.
            return null;
        }

        return $"Its record names {secret}, which does not have the label of this lease and was not deleted. The credential was revoked. Check the Secret, and who may write lease records.";
    }

    /// <summary>Returns the UID of the cluster that credentials are issued for; null without a connection or without the permission to read it.</summary>
    private async Task<string?> ClusterUidAsync(CancellationToken cancellationToken)
    {
        try
        {
            return client is null ? null : await client.GetClusterUidAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return null; // the first sweep that finds the owner adds it to the record
        }
    }
}
