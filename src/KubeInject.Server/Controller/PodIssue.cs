using KubeInject.Admission;
using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Http;
using KubeInject.Injection;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Controller;

/// <summary>
/// Issues the credentials of a pod into the Secret that its variables refer to. A pod has at most one valid credential for each
/// database: what an interrupted attempt has left is revoked first.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="source">The source of the credentials.</param>
/// <param name="options">The label key and the default mount path.</param>
/// <param name="clusterUid">The UID of the cluster.</param>
internal sealed class PodIssue(KubeObjectClient client, CredentialSource source, InjectionOptions options, string clusterUid)
{
    /// <summary>Issues the credentials of a pod if it has none yet.</summary>
    /// <param name="key">The pod.</param>
    /// <param name="found">The pod as the API server sent it.</param>
    /// <param name="cancellationToken">Cancels the operation, and rolls it back.</param>
    /// <returns>The new credentials; empty if the pod has its Secret, or needs none.</returns>
    /// <exception cref="PodRefusedException">The pod must not get credentials.</exception>
    /// <exception cref="CredentialException">The source does not issue a credential.</exception>
    public async Task<IReadOnlyList<IssuedLease>> EnsureAsync(PodKey key, KubeObject found, CancellationToken cancellationToken)
    {
        var pod = Pod.FromUtf8(found.ToUtf8(), found.Server).ToTemplate();
        if (pod.Labels.GetValueOrDefault(options.LabelKey) != MetadataChecks.LabelValue || PodSecret.UuidOf(pod) is not { } first)
            return [];
        var reference = new ObjectReference(KubeResource.Secrets.Kind, key.Namespace, PodSecret.NameOf(first));
        if (await FindSecretAsync(reference, cancellationToken).ConfigureAwait(false) is { } secret)
            return PodSecret.BelongsTo(secret, key.Uid) ? [] : throw new PodRefusedException($"{reference} exists but is not the Secret of this pod. Delete it, or create the pod again.");
        if (found.ToElement().Get("metadata").Text("deletionTimestamp") is not null)
            return [];

        var (plan, uuids) = Plan(pod);
        await RevokePreviousAsync(key, found, reference, uuids, cancellationToken).ConfigureAwait(false);
        var requests = plan.Databases.Zip(uuids, (database, uuid) =>
            new CredentialRequest(uuid, database.Name, database.Role!, database.Mount, key.Reference, pod.ServiceAccountName) { OwnerUid = key.Uid, Secret = reference });
        return await IssueAsync(key, new DeliverySecret(reference, plan), [.. requests], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads what a pod requests.</summary>
    private (InjectionPlan Plan, IReadOnlyList<Guid> Uuids) Plan(PodTemplate pod)
    {
        var injection = PodInjectionReader.Read(pod, options);
        if (injection.HasErrors)
            throw new PodRefusedException(string.Join(" ", injection.Findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(AdmissionResponse.TextOf)));
        var uuids = injection.Databases.Select(database => Guid.TryParseExact(database.Uuid, "D", out var uuid) ? uuid : Guid.Empty).ToList();
        if (uuids.Count == 0 || uuids.Contains(Guid.Empty) || uuids.Distinct().Count() != uuids.Count || PodSecret.UuidOf(pod) != uuids[0])
            throw new PodRefusedException($"Annotation '{InjectionAnnotation.Uuid}' must have one UUID for each requested database. Create the pod again, without this annotation.");
        var plan = InjectionPlan.For(injection);
        return plan.FindReference() is { } reference ? throw new PodRefusedException(AdmissionResponse.TextOf(reference)) : (plan, uuids);
    }

    /// <summary>Revokes what an interrupted attempt for the same pod has left.</summary>
    private async Task RevokePreviousAsync(PodKey key, KubeObject pod, ObjectReference secret, IReadOnlyList<Guid> uuids, CancellationToken cancellationToken)
    {
        var previous = new List<LeaseRecord>();
        foreach (var uuid in uuids)
        {
            if (await FindRecordAsync(uuid, cancellationToken).ConfigureAwait(false) is not { } record)
                continue;
            if (!source.Owns(record) || PodKey.Of(record, clusterUid) != key || record.Secret != secret)
                throw new PodRefusedException($"Annotation '{InjectionAnnotation.Uuid}' has the UUID of the lease of another pod, workload or source. Create the pod again, without this annotation.");
            previous.Add(record);
        }

        if (previous.Count > 0 && HasStarted(pod))
            throw new PodRefusedException($"{secret} was deleted after containers had started, and they use its credentials, which are kept. Containers that start later fail. Create the pod again.");
        foreach (var record in previous)
            await source.RevokeAsync(record, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LeaseRecord?> FindRecordAsync(Guid uuid, CancellationToken cancellationToken)
    {
        try
        {
            return await source.Leases.FindAsync(uuid, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            throw new PodRefusedException($"The record of the lease {uuid} cannot be read. {exception.Message}");
        }
    }

    private async Task<IReadOnlyList<IssuedLease>> IssueAsync(PodKey key, DeliverySecret secret, IReadOnlyList<CredentialRequest> requests, CancellationToken cancellationToken)
    {
        var transaction = new CredentialTransaction(source);
        try
        {
            var issued = await transaction.IssueAsync(requests, cancellationToken).ConfigureAwait(false);
            var owner = new OwnerReference(KubeResource.Pods.ApiVersion, KubeResource.Pods.Kind, key.Name, key.Uid, Controller: false);
            await client.CreateAsync(KubeResource.Secrets, secret.ToObject(issued, owner), key.Namespace, null, cancellationToken).ConfigureAwait(false);
            return issued;
        }
        catch (Exception exception)
        {
            if (await transaction.RevokeAsync().ConfigureAwait(false) is { } remaining)
                throw new CredentialException((exception as CredentialException)?.Reason ?? CredentialFailure.Unavailable, $"{exception.Message} {remaining}", exception);
            throw;
        }
    }

    private async Task<KubeObject?> FindSecretAsync(ObjectReference secret, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetMetadataAsync(KubeResource.Secrets, secret.Name, secret.Namespace, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return null;
        }
    }

    /// <summary>Whether a container was created, which requires the Secret.</summary>
    private static bool HasStarted(KubeObject pod)
    {
        var status = pod.ToElement().Get("status");
        return status.Get("initContainerStatuses").Items().Concat(status.Get("containerStatuses").Items()).Any(container => container.Text("containerID") is { Length: > 0 });
    }
}
