using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>Evaluates the state of a workload with the same checks, in the same order, as <c>kubectl rollout status</c>.</summary>
/// <remarks>Sources: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status and the API reference of StatefulSet and DaemonSet.</remarks>
internal static class RolloutEvaluator
{
    /// <exception cref="RolloutException">The rollout will never be complete.</exception>
    public static RolloutStatus Of(KubeObject workload)
    {
        var reference = new ObjectReference(workload.Kind, workload.Namespace, workload.Name);
        var document = workload.ToElement();
        if (Obstacle(workload) is { } obstacle)
            throw new RolloutException(RolloutFailure.NotRolling, $"{reference}: {obstacle}");
        var isObserved = document.Get("metadata").Long("generation") <= document.Get("status").Long("observedGeneration");
        return workload.Kind switch
        {
            "Deployment" => OfDeployment(reference, document, isObserved),
            "StatefulSet" => OfStatefulSet(reference, document, isObserved),
            "DaemonSet" => OfDaemonSet(reference, document, isObserved),
            "Pod" => OfPod(reference, document),
            _ => new RolloutStatus(reference, 0, 0, 0, IsComplete: true, "its next Job has the new pod template"),
        };
    }

    /// <summary>Returns why a workload does not roll out automatically. Null if it does.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="alternative">What the user can do instead of the remedy. Empty for nothing.</param>
    public static string? Obstacle(KubeObject workload, string alternative = ", or do not wait for it")
    {
        var spec = workload.ToElement().Get("spec");
        return (workload.Kind, spec.Get("updateStrategy").Text("type")) switch
        {
            ("Deployment", _) when spec.IsTrue("paused") => $"It is paused, so changes are not rolled out. Resume it{alternative}.",
            ("StatefulSet" or "DaemonSet", "OnDelete") => $"Its update strategy is OnDelete, so pods change only after they are deleted. Set the strategy to RollingUpdate{alternative}.",
            _ => null,
        };
    }

    private static RolloutStatus OfDeployment(ObjectReference reference, JsonElement document, bool isObserved)
    {
        var status = document.Get("status");
        var desired = Replicas(document);
        var (updated, available, all) = (status.Int("updatedReplicas"), status.Int("availableReplicas"), status.Int("replicas"));
        var isLate = status.Get("conditions").Items().Any(condition => condition.Text("type") == "Progressing" && condition.Text("reason") == "ProgressDeadlineExceeded");
        if (isObserved && isLate)
        {
            throw new RolloutException(
                RolloutFailure.ProgressDeadlineExceeded,
                $"{reference}: Its rollout has exceeded its progress deadline: {updated} of {desired} pods are updated, and {available} are available. Find out why its pods are not ready.");
        }

        var message =
            !isObserved ? NotObserved
            : updated < desired ? $"{updated} of {desired} pods are updated"
            : all > updated ? $"{all - updated} old pods have not terminated yet"
            : available < updated ? $"{available} of {updated} updated pods are available"
            : null;
        return Status(reference, desired, updated, available, message);
    }

    private static RolloutStatus OfStatefulSet(ObjectReference reference, JsonElement document, bool isObserved)
    {
        var status = document.Get("status");
        var desired = Replicas(document);
        var rolling = document.Get("spec").Get("updateStrategy").Get("rollingUpdate");
        var ours = desired - rolling.Int("partition");
        var (updated, ready) = (status.Int("updatedReplicas"), status.Int("readyReplicas"));
        var message =
            !isObserved || status.Long("observedGeneration") == 0 ? NotObserved
            : ready < desired ? $"{ready} of {desired} pods are ready"
            : rolling.Exists() ? updated < ours ? $"{updated} of {ours} pods are updated" : null
            : status.Text("updateRevision") != status.Text("currentRevision") ? $"{updated} of {desired} pods are updated"
            : null;
        return Status(reference, desired, updated, ready, message);
    }

    private static RolloutStatus OfDaemonSet(ObjectReference reference, JsonElement document, bool isObserved)
    {
        var status = document.Get("status");
        var (desired, updated, available) = (status.Int("desiredNumberScheduled"), status.Int("updatedNumberScheduled"), status.Int("numberAvailable"));
        var message =
            !isObserved ? NotObserved
            : updated < desired ? $"{updated} of {desired} pods are updated"
            : available < desired ? $"{available} of {desired} updated pods are available"
            : null;
        return Status(reference, desired, updated, available, message);
    }

    private static RolloutStatus OfPod(ObjectReference reference, JsonElement document)
    {
        var status = document.Get("status");
        var isReady = status.Get("conditions").Items().Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");
        return Status(reference, 1, 1, isReady ? 1 : 0, isReady || status.Text("phase") == "Succeeded" ? null : $"the pod is {status.Text("phase") ?? "not running"} and not ready");
    }

    private const string NotObserved = "the controller has not seen the change yet";

    private static RolloutStatus Status(ObjectReference reference, int desired, int updated, int available, string? message) =>
        new(reference, desired, updated, available, message is null, message ?? $"all {desired} pods are updated and available");

    // The default of the field is 1.
    private static int Replicas(JsonElement document) => document.Get("spec").Get("replicas").Exists() ? document.Get("spec").Int("replicas") : 1;
}
