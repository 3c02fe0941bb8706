using KubeInject.Annotations;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Injection.Rotation;

/// <summary>
/// Rotates the credentials of a workload: issues new credentials, updates the pod template, waits until the pods use them,
/// and revokes the old credentials. If the pods do not become ready, it restores the old and revokes the new credentials.
/// </summary>
/// <remarks>
/// There is always a record of every credential, old and new. If the process ends during a rotation, both exist, and the
/// next sweep keeps the credentials that a pod or pod template still names.
/// </remarks>
internal sealed class CredentialRotation
{
    private readonly CredentialSource source;
    private readonly KubeObjectClient client;
    private readonly RotationOptions rotationOptions;
    private readonly WorkloadWriter writer;
    private readonly PreviousLeases oldLeases;
    private readonly RotationRollback rollback;

    /// <summary>Creates a rotation.</summary>
    /// <param name="source">The source that issues the new credentials and revokes the old ones.</param>
    /// <param name="client">The cluster.</param>
    /// <param name="options">The label key and the default mount path. Default: <see cref="InjectionOptions.Default"/>.</param>
    /// <param name="rotationOptions">The options of the rotation. Default: the delivery is unchanged.</param>
    public CredentialRotation(CredentialSource source, KubeObjectClient client, InjectionOptions? options = null, RotationOptions? rotationOptions = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        this.source = source.WithCluster(client);
        this.client = client;
        this.rotationOptions = rotationOptions ?? new RotationOptions();
        writer = new WorkloadWriter(this.source, options ?? InjectionOptions.Default, client, this.rotationOptions.Force);
        oldLeases = new PreviousLeases(this.source, client);
        rollback = new RotationRollback(this.source, client);
    }

    /// <summary>Plans a rotation and performs a server-side dry run. Issues, records and writes nothing.</summary>
    /// <param name="workload">The workload: a Deployment, StatefulSet, DaemonSet or CronJob.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The planned result.</returns>
    /// <exception cref="KubeApiException">The workload cannot be read.</exception>
    public async Task<RotationResult> PlanAsync(ObjectReference workload, CancellationToken cancellationToken) =>
        (await ReadAsync(workload, cancellationToken).ConfigureAwait(false)).Result;

    /// <summary>Rotates the credentials of a workload.</summary>
    /// <param name="workload">The workload: a Deployment, StatefulSet, DaemonSet or CronJob.</param>
    /// <param name="progress">Receives the progress of the rollout. Can be null.</param>
    /// <param name="cancellationToken">Cancels the rotation and restores the old credentials, unless all pods already use the new ones.</param>
    /// <returns>The result.</returns>
    /// <exception cref="KubeApiException">The workload cannot be read.</exception>
    public async Task<RotationResult> RotateAsync(ObjectReference workload, IProgress<RolloutStatus>? progress, CancellationToken cancellationToken)
    {
        var (plan, result) = await ReadAsync(workload, cancellationToken).ConfigureAwait(false);
        if (plan is null)
            return result;

        // The records of the old leases are read before anything is issued, because the rotation fails without them.
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
            await new Rollout(client, source.Time).WaitAsync(before.Reference, rotationOptions.Timeout, progress, cancellationToken).ConfigureAwait(false);
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
        var left = rotationOptions.Timeout - source.Time.GetElapsedTime(start);
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

        var plan = await writer.PlanAsync(workload, rotationOptions.Delivery, replaces: true, cancellationToken).ConfigureAwait(false);
        var pod = plan.Pod.Result;
        var obstacle = pod.Status == InjectionStatus.Failed ? pod.FailureText
            : RolloutEvaluator.Obstacle(plan.Workload.Object) is { } text ? $"{pod.Object}: {text}"
            : null;
        var isInjected = plan.Pod.Plan is { State: InjectionState.Injected };
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
