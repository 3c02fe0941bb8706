using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>Determines whether controllers can still create pods from their previous templates.</summary>
/// <remarks>Add Deployments and StatefulSets before their ReplicaSets and ControllerRevisions are checked.</remarks>
internal sealed class ControllerStates
{
    private const string AppsGroup = "apps/";
    private readonly HashSet<string> paused = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string? Current, string? Update)> revisions = new(StringComparer.Ordinal);

    /// <summary>Adds the state of a controller.</summary>
    public void Add(KubeObject workload, JsonElement document)
    {
        if (workload.Uid is not { } uid)
            return;
        if (workload.Kind == KubeResource.Deployments.Kind && document.Get("spec").IsTrue("paused"))
            paused.Add(uid);
        if (workload.Kind == KubeResource.StatefulSets.Kind)
            revisions[uid] = (document.Get("status").Text("currentRevision"), document.Get("status").Text("updateRevision"));
    }

    /// <summary>
    /// Whether a ReplicaSet can have pods. If it has zero replicas and belongs to a Deployment, it is part of the revision
    /// history, unless the Deployment is paused and therefore scales all its ReplicaSets.
    /// </summary>
    public bool MayScale(JsonElement replicaSet)
    {
        var replicas = replicaSet.Get("spec").Get("replicas");
        if (!(replicas.ValueKind == JsonValueKind.Number && replicas.TryGetInt32(out var count) && count == 0))
            return true;
        return !IsControlledBy(replicaSet, KubeResource.Deployments.Kind, out var uid) || paused.Contains(uid);
    }

    /// <summary>
    /// Whether pods can be created from a ControllerRevision. A StatefulSet creates pods from its current revision and its
    /// update revision, and from any revision if the StatefulSet itself could not be read. All other revisions of StatefulSets,
    /// and those of DaemonSets, are history.
    /// </summary>
    public bool MayUse(KubeObject revision, JsonElement document)
    {
        if (IsControlledBy(document, KubeResource.StatefulSets.Kind, out var uid))
            return !revisions.TryGetValue(uid, out var named) || revision.Name == named.Current || revision.Name == named.Update;
        return !IsControlledBy(document, KubeResource.DaemonSets.Kind, out _);
    }

    private static bool IsControlledBy(JsonElement document, string kind, out string uid)
    {
        var controller = document.Get("metadata").Get("ownerReferences").Items().FirstOrDefault(owner => owner.IsTrue("controller"));
        uid = controller.Text("uid") ?? "";
        return controller.Text("kind") == kind && controller.Text("apiVersion")?.StartsWith(AppsGroup, StringComparison.Ordinal) == true;
    }
}
