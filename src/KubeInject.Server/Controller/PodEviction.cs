using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Controller;

/// <summary>Evicts pods with the eviction API, which keeps disruption budgets.</summary>
/// <param name="client">The cluster.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets messages.</param>
internal sealed class PodEviction(KubeObjectClient client, TimeProvider time, IProgress<ServerMessage> log)
{
    // The client repeats a request that a budget does not permit yet. A worker must not wait for that.
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(5);

    /// <summary>Evicts a pod if a workload creates its successor.</summary>
    /// <param name="key">The pod.</param>
    /// <param name="pod">The pod as the API server sent it.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Whether a workload creates a successor. Then try again until the pod is gone.</returns>
    public async Task<bool> EvictAsync(PodKey key, KubeObject pod, CancellationToken cancellationToken)
    {
        if (!Pod.ReadOwners(pod.ToElement()).Any(owner => owner.Controller))
            return false;
        using var limit = new CancellationTokenSource(LongestRequest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await client.EvictAsync(key.Name, key.Namespace, key.Uid, either.Token).ConfigureAwait(false);
            log.Report(new ServerMessage(false, $"Evicted {key}, because its credentials can no longer be extended."));
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.TooManyRequests)
        {
            log.Report(new ServerMessage(false, $"{key} is not evicted yet: {exception.Message}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log.Report(new ServerMessage(false, $"{key} is not evicted yet: its disruption budget does not permit it, or the API server does not answer."));
        }

        return true;
    }
}
