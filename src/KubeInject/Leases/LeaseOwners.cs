using KubeInject.Annotations;
using KubeInject.Kubernetes;

namespace KubeInject.Leases;

/// <summary>Finds the pods and workloads of a cluster that have leases.</summary>
internal static class LeaseOwners
{
    // Before 1.21. (https://kubernetes.io/docs/reference/using-api/deprecation-guide/#cronjob-v125)
    private static readonly KubeResource OldCronJobs = KubeResource.CronJobs with { Version = "v1beta1" };

    private static readonly KubeResource[] Workloads =
    [
        KubeResource.Deployments, KubeResource.StatefulSets, KubeResource.DaemonSets, KubeResource.ReplicaSets, KubeResource.Jobs,
        new("", "v1", "replicationcontrollers", "ReplicationController"),
    ];

    /// <summary>All of them, or an exception: a part of them would have the others' credentials revoked.</summary>
    public static async Task<IReadOnlyDictionary<Guid, LeaseOwner>> FindAsync(KubeClient client, string? @namespace, CancellationToken cancellationToken)
    {
        var owners = new Dictionary<Guid, LeaseOwner>();
        var query = new KubeQuery { Namespace = @namespace, AllNamespaces = @namespace is null };
        await foreach (var pod in client.ListMetadataAsync(KubeResource.Pods, query, cancellationToken).ConfigureAwait(false))
            Add(new ObjectReference(pod.Kind, pod.Namespace, pod.Name), pod.Annotations);

        foreach (var resource in Workloads)
            await AddAllAsync(resource).ConfigureAwait(false);
        try
        {
            await AddAllAsync(KubeResource.CronJobs).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            await AddAllAsync(OldCronJobs).ConfigureAwait(false);
        }

        return owners;

        async Task AddAllAsync(KubeResource resource)
        {
            await foreach (var workload in client.ListAsync(resource, query, cancellationToken).ConfigureAwait(false))
                AddWorkload(workload);
        }

        void AddWorkload(KubeObject workload)
        {
            var document = workload.ToElement();

            // A ReplicaSet that a Deployment has left behind keeps its template, and no pod.
            if (workload.Kind == "ReplicaSet" && document.Get("metadata").Get("ownerReferences").Items().Any(owner => owner.IsTrue("controller")))
                return;
            var spec = document.Get("spec");
            var template = (spec.Get("jobTemplate") is var job && job.Exists() ? job.Get("spec") : spec).Get("template");
            Add(new ObjectReference(workload.Kind, workload.Namespace, workload.Name), template.Get("metadata").Get("annotations").Texts());
        }

        void Add(ObjectReference @object, IReadOnlyDictionary<string, string> annotations)
        {
            foreach (var uuid in InjectionAnnotation.LeasesOf(annotations))
            {
                owners.TryAdd(uuid, new LeaseOwner(@object));
                if (@object.Kind == "Pod" && !owners[uuid].Pods.Contains(@object.Name))
                    owners[uuid].Pods.Add(@object.Name);
            }
        }
    }
}
