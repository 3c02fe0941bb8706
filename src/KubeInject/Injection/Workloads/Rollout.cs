using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>Waits for the rollout of a workload, with the same criteria as <c>kubectl rollout status</c>.</summary>
/// <param name="client">The cluster.</param>
/// <param name="time">The clock. Default: the system clock.</param>
internal sealed class Rollout(KubeObjectClient client, TimeProvider? time = null)
{
    /// <summary>The default timeout: 5 minutes.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <summary>Waits until all pods of a workload use its current pod template and are available.</summary>
    /// <param name="workload">A Deployment, StatefulSet or DaemonSet, or a pod, until it is ready. For a CronJob, the method returns immediately, because its next Job uses the template.</param>
    /// <param name="timeout">The maximum time to wait.</param>
    /// <param name="progress">Receives each new status. Can be null.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The final status.</returns>
    /// <exception cref="RolloutException">The rollout was not completed.</exception>
    /// <exception cref="KubeApiException">The workload cannot be read.</exception>
    public async Task<RolloutStatus> WaitAsync(
        ObjectReference workload, TimeSpan timeout, IProgress<RolloutStatus>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var kind = WorkloadKind.Of(workload.Kind) ?? throw new ArgumentException($"{workload} has no rollout.", nameof(workload));
        var last = "";
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var found = await kind.GetAsync(client, workload, either.Token).ConfigureAwait(false);
            if (Judge(found) is { IsComplete: true } complete)
                return complete;
            var query = new KubeQuery { Namespace = workload.Namespace, FieldSelector = $"metadata.name={workload.Name}" };
            await foreach (var happened in client.WatchAsync(kind.ResourceOf(found), query, either.Token).ConfigureAwait(false))
            {
                if (happened.Type == KubeEventType.Deleted || happened.Object.Uid != found.Uid)
                    throw new RolloutException(RolloutFailure.Deleted, $"{workload}: It was deleted before its rollout was complete.");
                if (Judge(happened.Object) is { IsComplete: true } ended)
                    return ended;
            }

            throw new InvalidOperationException("The watch ended unexpectedly.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RolloutException(
                RolloutFailure.TimedOut,
                FormattableString.Invariant($"{workload}: Its rollout was not complete after {timeout.TotalSeconds:0} s: {(last.Length == 0 ? "the cluster reports no status" : last)}. Find out why its pods are not ready, or specify a longer timeout."));
        }

        RolloutStatus Judge(KubeObject workload)
        {
            var status = RolloutEvaluator.Of(workload);
            last = status.Message;
            progress?.Report(status);
            return status;
        }
    }
}
