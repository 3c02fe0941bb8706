using KubeInject.Annotations;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Injection.Workloads;

/// <summary>Injects credentials into workloads of a cluster. Changes only their pod templates.</summary>
internal sealed class WorkloadInjector
{
    private readonly WorkloadInjectionOptions workloadOptions;
    private readonly WorkloadWriter writer;
    private readonly PodRecreation recreation;

    /// <summary>Creates an injector.</summary>
    /// <param name="source">The source of the credentials.</param>
    /// <param name="client">The cluster.</param>
    /// <param name="options">The label key and the default mount path. Default: <see cref="InjectionOptions.Default"/>.</param>
    /// <param name="workloadOptions">The options of the injection. Default: values, and no pod is deleted.</param>
    public WorkloadInjector(CredentialSource source, KubeObjectClient client, InjectionOptions? options = null, WorkloadInjectionOptions? workloadOptions = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        this.workloadOptions = workloadOptions ?? new WorkloadInjectionOptions();
        source = source.WithCluster(client);
        writer = new WorkloadWriter(source, options ?? InjectionOptions.Default, client, this.workloadOptions.Force);
        recreation = new PodRecreation(source, options ?? InjectionOptions.Default, client, this.workloadOptions);
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
    /// Plans the injection of a workload and performs a server-side dry run. Issues, records and writes nothing.
    /// </summary>
    /// <param name="workload">The workload, as <see cref="WorkloadName.Parse"/> reads it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The planned result.</returns>
    /// <exception cref="KubeApiException">The workload cannot be read.</exception>
    public async Task<InjectionResult> PlanAsync(ObjectReference workload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workload);
        return workload.Kind == KubeResource.Pods.Kind
            ? (await recreation.PlanAsync(workload, cancellationToken).ConfigureAwait(false)).Pod.Result
            : (await PlanTemplateAsync(workload, cancellationToken).ConfigureAwait(false)).Pod.Result;
    }

    /// <summary>
    /// Injects a workload: plans the injection, issues the credentials, and changes the pod template, or deletes a pod and
    /// creates it again. If this fails, the issued credentials are revoked.
    /// </summary>
    /// <param name="workload">The workload, as <see cref="WorkloadName.Parse"/> reads it.</param>
    /// <param name="cancellationToken">Cancels the operation. Issued credentials that are not in the workload are revoked.</param>
    /// <returns>The result.</returns>
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
        var plan = await writer.PlanAsync(workload, workloadOptions.Delivery, replaces: false, cancellationToken).ConfigureAwait(false);
        return workloadOptions.MustRollOut && RolloutEvaluator.Obstacle(plan.Workload.Object) is { } obstacle
            ? plan with { Pod = plan.Pod.Failed($"{plan.Pod.Result.Place}: {obstacle}") }
            : plan;
    }
}
