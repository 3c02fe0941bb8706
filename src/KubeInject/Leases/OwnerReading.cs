using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>Reads the owners of leases once.</summary>
/// <param name="client">The cluster.</param>
/// <param name="namespace">The namespace to read if reading all namespaces is not permitted.</param>
/// <param name="leases">The leases whose owners are read.</param>
internal sealed class OwnerReading(KubeObjectClient client, string @namespace, IReadOnlySet<Guid> leases)
{
    // After this number of consecutive connection failures, the server is treated as unreachable.
    private const int MaxConsecutiveFailures = 2;

    // For Kubernetes before 1.21. (https://kubernetes.io/docs/reference/using-api/deprecation-guide/#cronjob-v125)
    private static readonly KubeResource OldCronJobs = KubeResource.CronJobs with { Version = "v1beta1" };

    private readonly OwnerCollection owners = new(leases);
    private readonly List<OwnerGap> gaps = [];
    private readonly ControllerStates controllers = new();
    private readonly ApiDiscovery discovery = new(client);

    public bool IsMissingAny => owners.IsMissingAny;

    public OwnerView ToView() => new()
    {
        Owners = owners.ToDictionary(),
        Cluster = new ClusterIdentity(client.ClusterUid, client.Server),
        Gaps = gaps,
    };

    /// <summary>Reads the identity of the cluster.</summary>
    public async Task ReadIdentityAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.GetClusterUidAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            gaps.Add(new OwnerGap(OwnerGapKind.Cluster, "namespaces", $"The UID of the namespace kube-system could not be read, so the cluster could not be identified: {exception.Message}")
            {
                MissingRight = IsForbidden(exception) ? "get the namespace kube-system" : null,
            });
        }
    }

    /// <summary>Reads all built-in kinds.</summary>
    /// <exception cref="KubeApiException">None of the kinds can be read.</exception>
    /// <exception cref="KubeConnectionException">The cluster cannot be reached.</exception>
    public Task ReadWorkloadsAsync(CancellationToken cancellationToken) => ReadAsync(LeaseOwnerKinds.All, cancellationToken);

    /// <summary>
    /// Reads the pods, and then built-in kinds until each lease has an owner. The pods are read again at the end while a lease has
    /// none: a pod that was created in the meantime can be all that is left of its workload.
    /// </summary>
    /// <exception cref="KubeApiException">None of the kinds can be read.</exception>
    /// <exception cref="KubeConnectionException">The cluster cannot be reached.</exception>
    public Task ReadMissingAsync(CancellationToken cancellationToken) => ReadAsync(LeaseOwnerKinds.All.Prepend(KubeResource.Pods).TakeWhile(_ => SearchMissing()), cancellationToken);

    /// <summary>Reads all custom resources.</summary>
    public async Task ReadCustomResourcesAsync(CancellationToken cancellationToken)
    {
        foreach (var group in await ReadAsync("custom resources", () => discovery.AddedGroupsAsync(cancellationToken)).ConfigureAwait(false) ?? [])
        {
            var known = new HashSet<string>(StringComparer.Ordinal);
            foreach (var version in group.Versions)
            {
                foreach (var resource in await ReadAsync($"{group.Name}/{version}", () => discovery.ResourcesAsync(group.Name, version, cancellationToken)).ConfigureAwait(false) ?? [])
                {
                    if (known.Add(resource.Plural))
                        await ReadCustomResourceAsync(resource, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Skips custom resources.</summary>
    public void Skip() => gaps.Add(new OwnerGap(OwnerGapKind.CustomResources, "custom resources", "The sweep was run without custom resources."));

    private static OwnerGap Gap(OwnerGapKind kind, KubeResource resource, Exception exception) => new(kind, Name(resource), exception.Message)
    {
        MissingRight = IsForbidden(exception) ? $"list {Name(resource)}{(resource.IsNamespaced ? " in all namespaces" : "")}" : null,
    };

    private static string Name(KubeResource resource) => resource.Group.Length == 0 ? resource.Plural : $"{resource.Plural}.{resource.Group}";

    private static bool IsForbidden(Exception exception) => exception is KubeApiException { Reason: KubeApiReason.Forbidden };

    /// <summary>Restricts the search to the leases without an owner.</summary>
    /// <returns>Whether there are any.</returns>
    private bool SearchMissing()
    {
        owners.SearchMissing();
        return IsMissingAny;
    }

    private async Task ReadAsync(IEnumerable<KubeResource> resources, CancellationToken cancellationToken)
    {
        var (readCount, consecutiveFailures) = (0, 0);
        Exception? failure = null;
        foreach (var resource in resources)
        {
            if (consecutiveFailures < MaxConsecutiveFailures)
            {
                failure = await ReadAsync(resource, cancellationToken).ConfigureAwait(false);
                consecutiveFailures = failure is KubeConnectionException ? consecutiveFailures + 1 : 0;
            }

            // If the resource was read before, the later result applies.
            gaps.RemoveAll(gap => gap.Resource == Name(resource));
            if (failure is null)
            {
                readCount++;
                continue;
            }

            gaps.Add(Gap(OwnerGapKind.Workloads, resource, failure));
            if (IsForbidden(failure) && await TryReadNamespaceAsync(resource, cancellationToken).ConfigureAwait(false))
                readCount++;
        }

        if (readCount == 0)
            throw failure!;
    }

    /// <returns>The error; null if all objects of the kind were read.</returns>
    private async Task<Exception?> ReadAsync(KubeResource resource, CancellationToken cancellationToken)
    {
        try
        {
            var query = new KubeQuery { AllNamespaces = true };
            if (await TryReadServedAsync(resource, query, cancellationToken).ConfigureAwait(false))
                return null;
            if (resource == KubeResource.CronJobs)
                await TryReadServedAsync(OldCronJobs, query, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return exception;
        }
    }

    /// <returns>Whether the server serves the resource.</returns>
    private async Task<bool> TryReadServedAsync(KubeResource resource, KubeQuery query, CancellationToken cancellationToken)
    {
        try
        {
            await ListAsync(resource, query, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            if (await discovery.ServesAsync(resource, cancellationToken).ConfigureAwait(false))
                throw;
            return false;
        }
    }

    /// <summary>Reads the objects of one namespace, which is sufficient for renewals.</summary>
    private async Task<bool> TryReadNamespaceAsync(KubeResource resource, CancellationToken cancellationToken)
    {
        try
        {
            await ListAsync(resource, new KubeQuery { Namespace = @namespace }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return false;
        }
    }

    private async Task ListAsync(KubeResource resource, KubeQuery query, CancellationToken cancellationToken)
    {
        if (resource == KubeResource.Pods)
        {
            await foreach (var pod in client.ListMetadataAsync(resource, query, cancellationToken).ConfigureAwait(false))
                owners.AddPod(pod);
            return;
        }

        await foreach (var workload in client.ListAsync(resource, query, cancellationToken).ConfigureAwait(false))
            owners.Add(new ObjectReference(workload.Kind, workload.Namespace, workload.Name), LeasesOf(workload));
    }

    private IEnumerable<Guid> LeasesOf(KubeObject workload)
    {
        var document = workload.ToElement();
        controllers.Add(workload, document);
        var spec = document.Get("spec");
        return workload.Kind switch
        {
            "PodTemplate" => TemplateLeases.OfTemplate(document.Get("template")),
            "CronJob" => TemplateLeases.OfTemplate(spec.Get("jobTemplate").Get("spec").Get("template")),
            "ControllerRevision" => controllers.MayUse(workload, document) ? TemplateLeases.Anywhere(workload) : [],
            "ReplicaSet" when !controllers.MayScale(document) => [],
            _ => TemplateLeases.OfTemplate(spec.Get("template")),
        };
    }

    private async Task ReadCustomResourceAsync(KubeResource resource, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var found in client.ListAsync(resource, new KubeQuery { AllNamespaces = true }, cancellationToken).ConfigureAwait(false))
                owners.Add(new ObjectReference(found.Kind, found.Namespace, found.Name), TemplateLeases.Anywhere(found));
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            gaps.Add(Gap(OwnerGapKind.CustomResources, resource, exception));
        }
    }

    private async Task<T?> ReadAsync<T>(string resource, Func<Task<T>> read)
        where T : class
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            gaps.Add(new OwnerGap(OwnerGapKind.CustomResources, resource, exception.Message));
            return null;
        }
    }
}
