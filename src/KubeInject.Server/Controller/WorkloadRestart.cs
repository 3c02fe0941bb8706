using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Controller;

/// <summary>
/// Restarts the workload of a pod like <c>kubectl rollout restart</c>, so that it replaces its pods by its own update strategy. A
/// workload that already replaces the pod is not changed, so pods that expire together cause one rollout.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets messages.</param>
internal sealed class WorkloadRestart(KubeObjectClient client, TimeProvider time, IProgress<ServerMessage> log)
{
    private const string RestartedAt = "kubectl.kubernetes.io/restartedAt";
    private const string DeploymentRevision = "deployment.kubernetes.io/revision";
    private const string StatefulSetRevision = "controller-revision-hash";
    private const string DaemonSetGeneration = "pod-template-generation";
    private const string DaemonSetTemplate = "deprecated.daemonset.template.generation";

    private static readonly KubeResource[] Owners = [KubeResource.ReplicaSets, KubeResource.Deployments, KubeResource.StatefulSets, KubeResource.DaemonSets];

    /// <summary>Restarts the workload of a pod, unless it already replaces the pod.</summary>
    /// <param name="key">The pod.</param>
    /// <param name="pod">The pod as the API server sent it.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Why no workload replaces the pod, with the remedy. Null if one does.</returns>
    public async Task<string?> RestartAsync(PodKey key, KubeObject pod, CancellationToken cancellationToken)
    {
        var owner = await FindControllerAsync(key.Namespace, pod, cancellationToken).ConfigureAwait(false);
        var workload = owner?.Kind == KubeResource.ReplicaSets.Kind ? await FindControllerAsync(key.Namespace, owner, cancellationToken).ConfigureAwait(false) : owner;
        if (owner is null || !Selects(owner, pod) || workload is null || WorkloadKind.Of(workload.Kind) is not { CanBeChanged: true } kind)
            return "The pod is not replaced, because it belongs to no Deployment, StatefulSet or DaemonSet. Create it again before its credentials expire.";
        if (ObstacleOf(key, workload) is { } obstacle)
            return $"The pod is not replaced by {ReferenceOf(workload)}. {obstacle}";
        if (!IsOutdated(pod.ToElement(), owner, workload))
            await RestartAsync(kind, workload, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>Reads the object that manages another one. Null if there is none, or if it is not the one that was meant.</summary>
    private async Task<KubeObject?> FindControllerAsync(string @namespace, KubeObject dependent, CancellationToken cancellationToken)
    {
        if (Pod.ReadOwners(dependent.ToElement()).FirstOrDefault(owner => owner.Controller) is not { } owner
            || Array.Find(Owners, known => known.ApiVersion == owner.ApiVersion && known.Kind == owner.Kind) is not { } resource)
            return null;
        try
        {
            var found = await client.GetAsync(resource, owner.Name, @namespace, cancellationToken).ConfigureAwait(false);
            return found.Uid == owner.Uid ? found : null;
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return null;
        }
    }

    // Anyone who can create a pod can write an owner into it. The owner keeps only pods that its selector matches.
    private static bool Selects(KubeObject owner, KubeObject pod) =>
        LabelSelector.Read(owner.ToElement().Get("spec").Get("selector")).Matches(pod.ToElement().Get("metadata").Get("labels").Texts());

    private static string? ObstacleOf(PodKey pod, KubeObject workload)
    {
        var partition = workload.ToElement().Get("spec").Get("updateStrategy").Get("rollingUpdate").Int("partition");
        var isBelow = int.TryParse(pod.Name.AsSpan(pod.Name.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) && ordinal < partition;
        return RolloutEvaluator.Obstacle(workload, alternative: "")
            ?? (isBelow ? $"Its update strategy has the partition {partition}, so pods with a lower number are not updated. Set the partition to 0." : null);
    }

    /// <summary>Whether the pod has an earlier template than its workload, which therefore replaces it.</summary>
    private static bool IsOutdated(JsonElement pod, KubeObject owner, KubeObject workload)
    {
        var document = workload.ToElement();
        if (AnnotationOf(pod, RestartedAt) != AnnotationOf(document.Get("spec").Get("template"), RestartedAt))
            return true;
        var labels = pod.Get("metadata").Get("labels");
        return workload.Kind switch
        {
            "Deployment" => AnnotationOf(owner.ToElement(), DeploymentRevision) != AnnotationOf(document, DeploymentRevision),
            "StatefulSet" => labels.Text(StatefulSetRevision) != document.Get("status").Text("updateRevision"),
            _ => labels.Text(DaemonSetGeneration) != AnnotationOf(document, DaemonSetTemplate),
        };
    }

    private async Task RestartAsync(WorkloadKind kind, KubeObject workload, CancellationToken cancellationToken)
    {
        // With the version, the server refuses the patch if the workload has changed, for example because another pod caused its restart.
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = workload.ResourceVersion, ["uid"] = workload.Uid },
            ["spec"] = new JsonObject { ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [RestartedAt] = now } } } },
        };
        try
        {
            await client.PatchAsync(kind.Resource, workload.Name, KubePatch.Merge(patch.ToJsonString()), workload.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
            log.Report(new ServerMessage(false, $"Restarted {ReferenceOf(workload)}, because credentials of its pods can no longer be extended."));
        }
        catch (KubeApiException exception) when (exception.Reason is KubeApiReason.Conflict or KubeApiReason.NotFound)
        {
            // Decided again from its new state.
        }
    }

    private static ObjectReference ReferenceOf(KubeObject workload) => new(workload.Kind, workload.Namespace, workload.Name);

    private static string? AnnotationOf(JsonElement document, string key) => document.Get("metadata").Get("annotations").Text(key);
}
