using KubeInject.Annotations;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Injection.Workloads;

/// <summary>Injects credentials into workloads of a cluster: changes their pod templates, and nothing else there.</summary>
internal sealed class WorkloadInjector
{
    private readonly WorkloadInjectionOptions how;
    private readonly WorkloadWriter writer;
    private readonly PodRecreation recreation;

    /// <summary>Creates an injector.</summary>
    /// <param name="source">Where the credentials come from.</param>
    /// <param name="client">The cluster.</param>
    /// <param name="options">The label key and the default mount path. Default: <see cref="InjectionOptions.Default"/>.</param>
    /// <param name="how">How to inject; default: values, and no pod is deleted.</param>
    public WorkloadInjector(CredentialSource source, KubeObjectClient client, InjectionOptions? options = null, WorkloadInjectionOptions? how = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        this.how = how ?? new WorkloadInjectionOptions();
        source = source.WithCluster(client);
        writer = new WorkloadWriter(source, options ?? InjectionOptions.Default, client);
        recreation = new PodRecreation(source, options ?? InjectionOptions.Default, client, this.how);
    }

    /// <summary>The path of the file that keeps the manifest of a pod while the pod is deleted and created again.</summary>
    /// <param name="pod">The pod, as <see cref="WorkloadName.Parse"/> reads it.</param>
    /// <returns>The path, whether or not the file exists.</returns>
    /// <exception cref="DirectoryNotFoundException">The user has no home folder.</exception>
    public string BackupOf(ObjectReference pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return recreation.BackupOf(pod);
    }

    /// <summary>
    /// Tells what an injection would do, and has the server go through it (a server-side dry run). Issues nothing,
    /// records nothing, writes nothing.
    /// </summary>
    /// <param name="workload">The workload, as <see cref="WorkloadName.Parse"/> reads it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What would become of it.</returns>
    /// <exception cref="KubeApiException">The workload cannot be read.</exception>
    public async Task<InjectionResult> PlanAsync(ObjectReference workload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workload);
        return workload.Kind == KubeResource.Pods.Kind
            ? (await recreation.PlanAsync(workload, cancellationToken).ConfigureAwait(false)).Pod.Result
            : (await PlanTemplateAsync(workload, cancellationToken).ConfigureAwait(false)).Pod.Result;
    }

    /// <summary>
    /// Injects a workload: plans, issues, and changes its pod template, or, for a pod, deletes it and creates it again.
    /// Where that does not succeed, what was issued is revoked.
    /// </summary>
    /// <param name="workload">The workload, as <see cref="WorkloadName.Parse"/> reads it.</param>
    /// <param name="cancellationToken">Stops; what was issued and has not arrived by then is revoked.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="KubeApiException">The workload cannot be read.</exception>
    public async Task<InjectionResult> InjectAsync(ObjectReference workload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workload);
        if (workload.Kind == KubeResource.Pods.Kind)
            return await recreation.RunAsync(await recreation.PlanAsync(workload, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

        var plan = await PlanTemplateAsync(workload, cancellationToken).ConfigureAwait(false);
        if (!plan.Pod.IsPlanned)
            return plan.Pod.Result;
        var written = await writer.WriteAsync(plan, replaces: false, cancellationToken).ConfigureAwait(false);
        return written.Error is { } error ? written.Plan.Pod.Failed(error).Result : written.Plan.Pod.Completed(written.Credentials);
    }

    private async Task<PlannedWorkload> PlanTemplateAsync(ObjectReference workload, CancellationToken cancellationToken)
    {
        var plan = await writer.PlanAsync(workload, how.Delivery, replaces: false, cancellationToken).ConfigureAwait(false);
        return how.MustRollOut && RolloutEvaluator.Obstacle(plan.Workload.Object) is { } obstacle
            ? plan with { Pod = plan.Pod.Failed($"{plan.Pod.Result.Place}: {obstacle}") }
            : plan;
    }
}
