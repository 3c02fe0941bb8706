using KubeInject.Annotations;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Injection.Rotation;

/// <summary>
/// Gives a workload of a cluster new credentials: issues them, puts them in, waits until its pods use them, and revokes
/// the old ones; or puts the old ones back and revokes the new ones, where its pods do not come up.
/// </summary>
/// <remarks>
/// At every instant there is a record of every credential, old and new. Whoever dies in the middle leaves both, and
/// the next sweep keeps those that a pod or pod template still names.
/// </remarks>
internal sealed class CredentialRotation
{
    private readonly CredentialSource source;
    private readonly KubeObjectClient client;
    private readonly RotationOptions how;
    private readonly WorkloadWriter writer;
    private readonly PreviousLeases oldLeases;
    private readonly RotationRollback rollback;

    /// <summary>Prepares rotations.</summary>
    /// <param name="source">Where the new credentials come from; the old ones are revoked there, too.</param>
    /// <param name="client">The cluster.</param>
    /// <param name="options">The label key and the default mount path. Default: <see cref="InjectionOptions.Default"/>.</param>
    /// <param name="how">How to rotate; default: delivery stays as it is.</param>
    public CredentialRotation(CredentialSource source, KubeObjectClient client, InjectionOptions? options = null, RotationOptions? how = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        this.source = source.WithCluster(client);
        this.client = client;
        this.how = how ?? new RotationOptions();
        writer = new WorkloadWriter(this.source, options ?? InjectionOptions.Default, client);
        oldLeases = new PreviousLeases(this.source, client);
        rollback = new RotationRollback(this.source, client);
    }

    /// <summary>Tells what a rotation would do, and has the server go through it. Issues nothing, records nothing, writes nothing.</summary>
    /// <param name="workload">The workload: a Deployment, StatefulSet, DaemonSet or CronJob.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What would become of it.</returns>
    /// <exception cref="KubeApiException">The workload cannot be read.</exception>
    public async Task<RotationResult> PlanAsync(ObjectReference workload, CancellationToken cancellationToken) =>
        (await ReadAsync(workload, cancellationToken).ConfigureAwait(false)).Result;

    /// <summary>Rotates the credentials of a workload.</summary>
    /// <param name="workload">The workload: a Deployment, StatefulSet, DaemonSet or CronJob.</param>
    /// <param name="progress">Is told how the rollout goes; null where nobody wants to know.</param>
    /// <param name="cancellationToken">Stops, and puts the old credentials back; not once all pods use the new ones.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="KubeApiException">The workload cannot be read.</exception>
    public async Task<RotationResult> RotateAsync(ObjectReference workload, IProgress<RolloutStatus>? progress, CancellationToken cancellationToken)
    {
        var (plan, result) = await ReadAsync(workload, cancellationToken).ConfigureAwait(false);
        if (plan is null)
            return result;

        // Read before anything is issued: without the records of the old ones nothing would come of it.
        var start = source.Time.GetTimestamp();
        var old = await oldLeases.FindAsync(plan.Workload.Leases, cancellationToken).ConfigureAwait(false);
        var written = await writer.WriteAsync(plan, replaces: true, cancellationToken).ConfigureAwait(false);
        if (written.Error is { } error)
            return result with { Status = RotationStatus.Failed, Error = error };

        try
        {
            var before = written.Plan.Workload;
            if (!before.Leases.ToHashSet().SetEquals(old.Keys))
                old = await oldLeases.FindAsync(before.Leases, cancellationToken).ConfigureAwait(false);
            await new Rollout(client, source.Time).WaitAsync(before.Reference, how.Timeout, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            var rolledBack = await rollback.RunAsync(written, old, result, exception).ConfigureAwait(false);
            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested && rolledBack.Status == RotationStatus.RolledBack)
                throw;
            return rolledBack;
        }

        result = result with
        {
            Status = RotationStatus.Rotated,
            Databases = written.Plan.Pod.Completed(written.Credentials).Databases,
        };
        var left = how.Timeout - source.Time.GetElapsedTime(start);
        return await oldLeases.RevokeAsync(result, old, left, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(PlannedWorkload? Plan, RotationResult Result)> ReadAsync(ObjectReference workload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workload);
        if (WorkloadKind.Of(workload.Kind) is not { CanBeChanged: true })
        {
            return (null, new RotationResult
            {
                Object = workload,
                Status = RotationStatus.Failed,
                Error = $"{workload}: The credentials of an existing {workload.Kind.ToLowerInvariant()} cannot be replaced. Create it again.",
            });
        }

        var plan = await writer.PlanAsync(workload, how.Delivery, replaces: true, cancellationToken).ConfigureAwait(false);
        var pod = plan.Pod.Result;
        var obstacle = pod.Status == InjectionStatus.Failed ? pod.FailureText
            : RolloutEvaluator.Obstacle(plan.Workload.Object) is { } text ? $"{pod.Object}: {text}"
            : null;
        var isInjected = plan.Pod.Plan is { Injection.State: InjectionState.Injected };
        var result = new RotationResult
        {
            Object = pod.Object,
            Status = obstacle is not null ? RotationStatus.Failed : isInjected ? RotationStatus.Planned : RotationStatus.NotInjected,
            Databases = pod.Databases,
            Containers = pod.Containers,
            Findings = pod.Findings,
            Error = obstacle,
        };
        return (result.Status == RotationStatus.Planned ? plan : null, result);
    }
}
