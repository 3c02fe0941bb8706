using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>What a pod belongs to in the end: not the ReplicaSet, but the Deployment that made it.</summary>
internal static class PodOwner
{
    private static readonly KubeResource[] Known =
        [KubeResource.ReplicaSets, KubeResource.StatefulSets, KubeResource.DaemonSets, KubeResource.Jobs, KubeResource.Deployments, KubeResource.CronJobs];

    /// <summary>The objects that manage a pod, its own controller first; empty for a pod that nothing manages.</summary>
    public static async Task<IReadOnlyList<ObjectReference>> FindAsync(ClusterCache facts, Pod pod, CancellationToken cancellationToken)
    {
        var owners = new List<ObjectReference>();
        var owner = pod.OwnerReferences.FirstOrDefault(reference => reference.Controller);
        while (owner is not null && owners.Count < Known.Length)
        {
            owners.Add(new ObjectReference(owner.Kind, pod.Namespace, owner.Name));
            if (Known.FirstOrDefault(resource => resource.Kind == owner.Kind) is not { } resource)
                break;
            var found = await facts.GetAsync(resource, owner.Name, pod.Namespace, cancellationToken).ConfigureAwait(false);
            owner = found.Value is null ? null : Pod.ReadOwners(found.Value.ToElement()).FirstOrDefault(reference => reference.Controller);
        }

        return owners;
    }

    /// <summary>How to have a pod made anew, as a command.</summary>
    public static string Recreation(Pod pod, IReadOnlyList<ObjectReference> owners) => owners switch
    {
        [.., { Kind: "Deployment" or "StatefulSet" or "DaemonSet" } owner] =>
            $"Have its pods made anew: kubectl rollout restart {owner.Kind.ToLowerInvariant()}/{owner.Name}{Namespace(pod)}.",
        [_, ..] => $"Delete the pod, so that {owners[0]} makes it anew: kubectl delete pod {pod.Name}{Namespace(pod)}.",
        _ => $"Delete the pod, and create it again from its manifest: kubectl delete pod {pod.Name}{Namespace(pod)}.",
    };

    /// <summary>The newest pod of a workload.</summary>
    public static async Task<Pod?> FindNewestPodAsync(ClusterCache facts, KubeObject workload, PodTemplate template, CancellationToken cancellationToken)
    {
        // A CronJob has no selector; its pods have the labels of its template. Others may have them, too: the owner decides.
        var selector = workload.ToElement().Get("spec").Get("selector");
        var labels = selector.Exists()
            ? LabelSelector.Read(selector).ToString()
            : string.Join(',', template.Labels.Select(label => $"{label.Key}={label.Value}"));
        var pods = await facts.ListAsync(KubeResource.Pods, new KubeQuery { Namespace = workload.Namespace, LabelSelector = labels }, cancellationToken).ConfigureAwait(false);
        foreach (var pod in (pods.Value ?? []).Select(found => Pod.FromUtf8(found.ToUtf8(), found.Server)).OrderByDescending(pod => pod.CreationTimestamp))
        {
            var owners = await FindAsync(facts, pod, cancellationToken).ConfigureAwait(false);
            if (owners.Any(owner => owner.Kind == workload.Kind && owner.Name == workload.Name))
                return pod;
        }

        return null;
    }

    private static string Namespace(Pod pod) => pod.Namespace is null ? "" : $" --namespace {pod.Namespace}";
}
