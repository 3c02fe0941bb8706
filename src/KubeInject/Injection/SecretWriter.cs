using System.Text.Json.Nodes;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Injection;

/// <summary>Creates the Secrets that deliver credentials.</summary>
internal sealed class SecretWriter(KubeObjectClient client)
{
    /// <summary>Performs a server-side dry run of the creation.</summary>
    public Task DryRunAsync(PlannedPod pod, CancellationToken cancellationToken) =>
        CreateAsync(pod, null, null, new KubeWriteOptions { DryRun = true }, cancellationToken);

    /// <summary>Creates the Secret of a pod template. Has no effect if the template needs no Secret.</summary>
    public async Task WriteAsync(PlannedPod pod, IReadOnlyList<IssuedLease> credentials, CancellationToken cancellationToken)
    {
        if (pod.Secret is not null)
            await CreateAsync(pod, credentials, await FindOwnerAsync(pod, cancellationToken).ConfigureAwait(false), null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes an object the owner of a Secret, so that the Secret is deleted with the object.</summary>
    public Task SetOwnerAsync(ObjectReference secret, KubeObject owner, CancellationToken cancellationToken)
    {
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["ownerReferences"] = new JsonArray(DeliverySecret.OwnerToJson(OwnerOf(owner))) } };
        return client.PatchAsync(KubeResource.Secrets, secret.Name, KubePatch.Merge(patch.ToJsonString()), secret.Namespace, null, cancellationToken);
    }

    private static OwnerReference OwnerOf(KubeObject owner) => new(owner.ApiVersion, owner.Kind, owner.Name, owner.Uid ?? "", Controller: false);

    private async Task CreateAsync(
        PlannedPod pod, IReadOnlyList<IssuedLease>? credentials, OwnerReference? owner, KubeWriteOptions? options, CancellationToken cancellationToken)
    {
        if (pod.Secret is not { } secret)
            return;
        try
        {
            // Create, not apply, so that an existing Secret with that name is never changed.
            await client.CreateAsync(KubeResource.Secrets, secret.ToObject(credentials, owner), null, options, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception)
        {
            throw new KubeApiException(
                exception.StatusCode, exception.Reason, $"{secret.Reference} cannot be created for the credentials: {exception.Message}")
            {
                Details = exception.Details,
                Causes = exception.Causes,
            };
        }
    }

    /// <summary>Returns the workload of the cluster that owns the Secret. Null if it does not exist yet.</summary>
    private async Task<OwnerReference?> FindOwnerAsync(PlannedPod pod, CancellationToken cancellationToken)
    {
        // Pods and Jobs are replaced, and the Secret of the new one would be deleted with the old one.
        var reference = pod.Result.Object with { Namespace = pod.Secret!.Reference.Namespace };
        if (WorkloadKind.Of(reference.Kind) is not { CanBeChanged: true } kind)
            return null;
        try
        {
            return OwnerOf(await kind.GetAsync(client, reference, cancellationToken).ConfigureAwait(false));
        }
        catch (KubeApiException exception) when (exception.Reason is KubeApiReason.NotFound or KubeApiReason.Forbidden)
        {
            // Without an owner, the Secret is deleted with its leases.
            return null;
        }
    }
}
