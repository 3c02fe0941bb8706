using KubeInject.Http;
using KubeInject.Injection;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Controller;

/// <summary>Replaces pods whose credentials can no longer be extended, in the way of the setting or of an annotation of the pod.</summary>
/// <param name="client">The cluster.</param>
/// <param name="events">Creates Events on pods.</param>
/// <param name="setting">The action for pods without the annotation.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets messages.</param>
internal sealed class PodReplacement(KubeObjectClient client, PodEvents events, ExpiryAction setting, TimeProvider time, IProgress<ServerMessage> log)
{
    /// <summary>The annotation of a pod that overrides the setting.</summary>
    public const string Annotation = "kubeinject.io/on-expiry";

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    private readonly PodEviction eviction = new(client, time, log);
    private readonly WorkloadRestart restart = new(client, time, log);

    /// <summary>Returns what users have to do in addition to an action.</summary>
    public static string RemedyFor(ExpiryAction action) => action switch
    {
        ExpiryAction.Evict => "The pod is evicted if a workload creates a new one. Otherwise, create it again before that time.",
        ExpiryAction.Rollout => "Its Deployment, StatefulSet or DaemonSet is restarted. If it has none, create the pod again before that time.",
        _ => "Create the pod again before that time.",
    };

    /// <summary>Returns the action for a pod. An unknown value of the annotation is reported with an Event.</summary>
    public async Task<ExpiryAction> ActionForAsync(PodKey key, KubeObject pod, CancellationToken cancellationToken)
    {
        if (pod.ToElement().Get("metadata").Get("annotations").Text(Annotation) is not { } name)
            return setting;
        if (ExpiryActions.ByName.TryGetValue(name, out var action))
            return action;
        var message = $"Annotation '{Annotation}' must be one of: {string.Join(", ", ExpiryActions.ByName.Keys)}. The setting of the controller applies instead.";
        await events.ReportAsync(key, PodEventReason.InvalidAnnotation, message, cancellationToken).ConfigureAwait(false);
        return setting;
    }

    /// <summary>Replaces a pod.</summary>
    /// <param name="key">The pod.</param>
    /// <param name="pod">The pod as the API server sent it.</param>
    /// <param name="action">The action.</param>
    /// <param name="remaining">The time until its credentials expire.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>When to try again. Null for never.</returns>
    public async Task<TimeSpan?> ReplaceAsync(PodKey key, KubeObject pod, ExpiryAction action, TimeSpan remaining, CancellationToken cancellationToken)
    {
        if (action == ExpiryAction.None)
            return null;
        if (pod.ToElement().Get("metadata").Text("deletionTimestamp") is not null)
            return LongestRetry;
        if (action == ExpiryAction.Evict)
            return await eviction.EvictAsync(key, pod, cancellationToken).ConfigureAwait(false) ? RetryAfter(remaining) : null;
        if (await restart.RestartAsync(key, pod, cancellationToken).ConfigureAwait(false) is { } obstacle)
            await events.ReportAsync(key, PodEventReason.NotReplaced, obstacle, cancellationToken).ConfigureAwait(false);
        return RetryAfter(remaining);
    }

    /// <summary>Several pods of a budget are evicted one after the other, in a part of the remaining time.</summary>
    private static TimeSpan RetryAfter(TimeSpan remaining)
    {
        var retry = remaining / 20;
        return remaining < TimeSpan.Zero || retry > LongestRetry ? LongestRetry : retry < ShortestRetry ? ShortestRetry : retry;
    }
}
