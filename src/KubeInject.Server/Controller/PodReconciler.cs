using KubeInject.Credentials;
using KubeInject.Http;
using KubeInject.Injection;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Controller;

/// <summary>Brings the leases of one pod to the required state: issues, renews, or revokes them.</summary>
/// <param name="client">The cluster.</param>
/// <param name="source">The source of the credentials.</param>
/// <param name="issue">Issues the credentials of a pod.</param>
/// <param name="leases">The leases that the leader knows.</param>
/// <param name="events">Creates Events on pods.</param>
/// <param name="replacement">Replaces pods whose credentials can no longer be extended.</param>
/// <param name="metrics">Counts the results.</param>
/// <param name="clusterUid">The UID of the cluster.</param>
/// <param name="log">Gets messages.</param>
internal sealed class PodReconciler(
    KubeObjectClient client, CredentialSource source, PodIssue issue, PodLeases leases, PodEvents events, PodReplacement replacement, ControllerMetrics metrics, string clusterUid, IProgress<ServerMessage> log)
{
    private int isUnavailable;

    /// <summary>Whether the source was unavailable when it was used last.</summary>
    public bool IsSourceUnavailable => Volatile.Read(ref isUnavailable) == 1;

    /// <summary>Is called when the source is available again.</summary>
    public Action SourceRecovered { get; init; } = () => { };

    /// <summary>Processes a pod.</summary>
    /// <param name="key">The pod, which may no longer exist.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>When the pod has to be processed again. Null for never.</returns>
    public async Task<TimeSpan?> ReconcileAsync(PodKey key, CancellationToken cancellationToken)
    {
        // Decide from the current state, because events and lists might be older.
        if (await FindLivingAsync(key, cancellationToken).ConfigureAwait(false) is not { } pod)
        {
            await RevokeAsync(key, cancellationToken).ConfigureAwait(false);
            return null;
        }

        leases.Settle(key, false);
        var action = await replacement.ActionForAsync(key, pod, cancellationToken).ConfigureAwait(false);
        var failure = await RenewAsync(key, PodReplacement.RemedyFor(action), cancellationToken).ConfigureAwait(false);
        await EnsureAsync(key, pod, cancellationToken).ConfigureAwait(false);
        leases.Settle(key, true);
        if (failure is not null)
            throw failure;
        var next = leases.UntilNextRenewal(key);
        if (leases.UntilEnd(key) is not { } remaining)
            return next;
        var retry = await replacement.ReplaceAsync(key, pod, action, remaining, cancellationToken).ConfigureAwait(false);
        return retry < next || next is null ? retry : next;
    }

    /// <returns>The pod; null if it does not exist, is another one, or has finished.</returns>
    private async Task<KubeObject?> FindLivingAsync(PodKey key, CancellationToken cancellationToken)
    {
        try
        {
            var pod = await client.GetAsync(KubeResource.Pods, key.Name, key.Namespace, cancellationToken).ConfigureAwait(false);
            return pod.Uid == key.Uid && pod.ToElement().Get("status").Text("phase") is not ("Succeeded" or "Failed") ? pod : null;
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return null;
        }
    }

    private async Task EnsureAsync(PodKey key, KubeObject pod, CancellationToken cancellationToken)
    {
        try
        {
            var issued = await issue.EnsureAsync(key, pod, cancellationToken).ConfigureAwait(false);
            if (issued.Count == 0)
                return;
            foreach (var lease in issued)
                leases.Track(key, lease.Record);
            NoteAvailable();
            metrics.CountIssue("issued", issued.Count);
            var databases = string.Join(", ", issued.Select(lease => $"{lease.Record.Database} ({lease.Credential.Username})"));
            await events.ReportAsync(key, PodEventReason.Issued, $"Issued credentials for {databases} in {issued[0].Record.Secret}.", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PodRefusedException or FormatException or CredentialException { Reason: CredentialFailure.Refused })
        {
            metrics.CountIssue("refused");
            await events.ReportAsync(key, PodEventReason.Refused, exception.Message, cancellationToken).ConfigureAwait(false);
            throw;
        }
        catch (Exception exception) when (exception is CredentialException or KubeApiException or KubeConnectionException or IOException)
        {
            Note(exception);
            metrics.CountIssue("failed");
            await events.ReportAsync(key, PodEventReason.Delayed, $"The credentials could not be issued yet. The next attempt follows. {exception.Message}", cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Renews the leases of a living pod that are due.</summary>
    /// <param name="key">The pod.</param>
    /// <param name="remedy">What users have to do when a lease can no longer be renewed.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The last failure; null if there is none.</returns>
    private async Task<Exception?> RenewAsync(PodKey key, string remedy, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        foreach (var known in leases.DueOf(key))
        {
            try
            {
                await RenewAsync(key, known, remedy, cancellationToken).ConfigureAwait(false);
            }
            catch (CredentialException exception) when (exception.Reason == CredentialFailure.LeaseEnded)
            {
                leases.EndRenewal(key, known.Uuid);
                metrics.CountRenewal("ended");
                await WarnAsync(key, known, $"can no longer be renewed. {exception.Message} {remedy}", cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is CredentialException or KubeApiException or KubeConnectionException or IOException or InvalidDataException)
            {
                failure = exception;
                Note(exception);
                metrics.CountRenewal("failed");
                await WarnAsync(key, known, $"could not be renewed yet. The next attempt follows. {exception.Message}", cancellationToken).ConfigureAwait(false);
            }
        }

        return failure;
    }

    private async Task RenewAsync(PodKey key, LeaseRecord known, string remedy, CancellationToken cancellationToken)
    {
        // Another program can have renewed or revoked it.
        var current = await source.Leases.FindAsync(known.Uuid, cancellationToken).ConfigureAwait(false);
        if (current is null || !source.Owns(current) || PodKey.Of(current, clusterUid) != key)
        {
            leases.Remove(key, known.Uuid);
            return;
        }

        leases.Track(key, current);
        if (leases.DueOf(key).All(due => due.Uuid != known.Uuid))
            return;
        if (!current.IsRenewable)
        {
            leases.EndRenewal(key, known.Uuid);
            await WarnAsync(key, current, $"cannot be renewed. {remedy}", cancellationToken).ConfigureAwait(false);
            return;
        }

        var renewed = await source.RenewAsync(current, cancellationToken).ConfigureAwait(false);
        leases.Track(key, renewed);
        NoteAvailable();
        metrics.CountRenewal("renewed");
        if (!RenewalTime.HasReachedLimit(current, renewed))
            return;
        leases.EndRenewal(key, known.Uuid);
        await WarnAsync(key, renewed, $"have reached the longest time that the source allows. {remedy}", cancellationToken).ConfigureAwait(false);
    }

    private Task WarnAsync(PodKey key, LeaseRecord record, string problem, CancellationToken cancellationToken) =>
        events.ReportAsync(key, PodEventReason.Expiring, $"The credentials for {record.Database}, which expire at {record.ExpiresAt:u}, {problem}", cancellationToken);

    /// <summary>Revokes the leases of a pod that no longer exists or has finished. Leases of other owners that the pod named are kept.</summary>
    private async Task RevokeAsync(PodKey key, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        foreach (var uuid in leases.NamedBy(key))
        {
            try
            {
                await RevokeAsync(key, uuid, cancellationToken).ConfigureAwait(false);
                leases.Remove(key, uuid);
            }
            catch (Exception exception) when (exception is CredentialException or KubeApiException or KubeConnectionException or IOException)
            {
                failure = exception;
                Note(exception);
                metrics.CountRevocation("failed");
            }
        }

        if (failure is not null)
            throw failure;
        leases.Forget(key);
        events.Forget(key);
    }

    private async Task RevokeAsync(PodKey key, Guid uuid, CancellationToken cancellationToken)
    {
        LeaseRecord? record;
        try
        {
            record = await source.Leases.FindAsync(uuid, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            log.Report(new ServerMessage(true, $"The record of the lease {uuid}, which {key} named, cannot be read, and is kept. {exception.Message}"));
            return;
        }

        if (record is null || !source.Owns(record) || PodKey.Of(record, clusterUid) != key)
            return;
        if (await source.RevokeAsync(record, cancellationToken).ConfigureAwait(false) is { } warning)
            log.Report(new ServerMessage(true, $"{key}: {warning}"));
        NoteAvailable();
        metrics.CountRevocation("revoked");
    }

    private void Note(Exception exception)
    {
        if (exception is CredentialException { Reason: CredentialFailure.Unavailable })
            Volatile.Write(ref isUnavailable, 1);
    }

    private void NoteAvailable()
    {
        if (Interlocked.Exchange(ref isUnavailable, 0) == 1)
            SourceRecovered();
    }
}
