using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Finds the owners of a pod up to the workload, for example the Deployment of its ReplicaSet.</summary>
internal static class PodOwner
{
    private static readonly KubeResource[] Known =
        [KubeResource.ReplicaSets, KubeResource.StatefulSets, KubeResource.DaemonSets, KubeResource.Jobs, KubeResource.Deployments, KubeResource.CronJobs];

    /// <summary>The controllers of a pod, from the direct controller to the top-level workload; empty for a pod without a controller.</summary>
    public static async Task<IReadOnlyList<ObjectReference>> FindAsync(ClusterCache cache, Pod pod, CancellationToken cancellationToken)
    {
        var owners = new List<ObjectReference>();
        var owner = pod.OwnerReferences.FirstOrDefault(reference => reference.Controller);
        while (owner is not null && owners.Count < Known.Length)
        {
            owners.Add(new ObjectReference(owner.Kind, pod.Namespace, owner.Name));
            if (Known.FirstOrDefault(resource => resource.Kind == owner.Kind) is not { } resource)
                break;
            var found = await cache.GetAsync(resource, owner.Name, pod.Namespace, cancellationToken).ConfigureAwait(false);
            owner = found.Value is null ? null : Pod.ReadOwners(found.Value.ToElement()).FirstOrDefault(reference => reference.Controller);
        }

        return owners;
    }

    /// <summary>Returns the top-level workload of a pod, as far as its kind is known; null for a pod without a controller.</summary>
    public static async Task<ClusterAnswer<KubeObject>> FindWorkloadAsync(ClusterCache cache, Pod pod, CancellationToken cancellationToken)
    {
        var owners = await FindAsync(cache, pod, cancellationToken).ConfigureAwait(false);
        return owners.LastOrDefault(owner => Known.Any(resource => resource.Kind == owner.Kind)) is { } top
            ? await cache.GetAsync(Known.First(resource => resource.Kind == top.Kind), top.Name, top.Namespace, cancellationToken).ConfigureAwait(false)
            : new ClusterAnswer<KubeObject>(null);
    }

    /// <summary>The remedy to recreate a pod, with its command.</summary>
    public static string Recreation(Pod pod, IReadOnlyList<ObjectReference> owners) => owners switch
    {
        [.., { Kind: "Deployment" or "StatefulSet" or "DaemonSet" } owner] =>
            $"Recreate the pods: kubectl rollout restart {owner.Kind.ToLowerInvariant()}/{owner.Name}{Namespace(pod)}.",
        [_, ..] => $"Delete the pod, so that {owners[0]} recreates it: kubectl delete pod {pod.Name}{Namespace(pod)}.",
        _ => $"Delete the pod, and create it again from its manifest: kubectl delete pod {pod.Name}{Namespace(pod)}.",
    };

    /// <summary>Returns the newest pod of a workload; null if it has none.</summary>
    public static async Task<Pod?> FindNewestPodAsync(ClusterCache cache, KubeObject workload, PodTemplate template, CancellationToken cancellationToken)
    {
        // A CronJob has no selector, so select by the labels of its template. Other pods can have these labels, so check the owner.
        var selector = workload.ToElement().Get("spec").Get("selector");
        var labels = selector.Exists()
            ? LabelSelector.Read(selector).ToString()
            : string.Join(',', template.Labels.Select(label => $"{label.Key}={label.Value}"));
        var pods = await cache.ListAsync(KubeResource.Pods, new KubeQuery { Namespace = workload.Namespace, LabelSelector = labels }, cancellationToken).ConfigureAwait(false);
        foreach (var pod in (pods.Value ?? []).Select(found => Pod.FromUtf8(found.ToUtf8(), found.Server)).OrderByDescending(pod => pod.CreationTimestamp))
        {
            var owners = await FindAsync(cache, pod, cancellationToken).ConfigureAwait(false);
            if (owners.Any(owner => owner.Kind == workload.Kind && owner.Name == workload.Name))
                return pod;
        }

        return null;
    }

    private static string Namespace(Pod pod) => pod.Namespace is null ? "" : $" --namespace {pod.Namespace}";
}
