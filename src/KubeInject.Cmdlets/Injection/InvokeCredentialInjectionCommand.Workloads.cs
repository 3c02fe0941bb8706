using System.Management.Automation;
using KubeInject.Injection;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <content>Workloads of the connected cluster.</content>
public sealed partial class InvokeCredentialInjectionCommand
{
    private const string OfCluster = "Workload";

    private bool yesToAll;
    private bool noToAll;

    /// <summary>Workloads of the cluster.</summary>
    [Parameter(ParameterSetName = OfCluster, Mandatory = true, HelpMessage = "Workloads of the connected cluster, as kubectl names them: deployment/orders, sts/orders, ds/agent, cj/cleanup, pod/shell. Objects in the pipeline are taken as manifests, also where they come from a cluster.")]
    [ArgumentCompleter(typeof(WorkloadCompleter))]
    [NameOfObject]
    [ValidateNotNullOrEmpty]
    public string[]? Workload { get; set; }

    /// <summary>Their namespace.</summary>
    [Parameter(ParameterSetName = OfCluster, HelpMessage = "The namespace of the workloads. Default: that of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Whether to wait for the rollout.</summary>
    [Parameter(ParameterSetName = OfCluster, HelpMessage = "Wait until the workload's pods have the credentials and can be used.")]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait.</summary>
    [Parameter(ParameterSetName = OfCluster, HelpMessage = "How many seconds to wait for the rollout, or for a pod to end. Default: 300.")]
    [ValidateRange(1, 2_000_000)]
    public int TimeoutSec { get; set; } = (int)Rollout.DefaultTimeout.TotalSeconds;

    /// <summary>Whether pods are deleted and created again.</summary>
    [Parameter(ParameterSetName = OfCluster, HelpMessage = "Delete a pod that no controller manages, and create it again with its credentials. Asks first.")]
    public SwitchParameter Recreate { get; set; }

    /// <summary>Whether not to ask.</summary>
    [Parameter(ParameterSetName = OfCluster, HelpMessage = "Do not ask before a pod is deleted.")]
    public SwitchParameter Force { get; set; }

    private void ProcessWorkload(string text)
    {
        var connection = RequireConnection();
        if (ReadWorkload(text, Namespace, connection) is not { } workload)
            return;
        Run(workload, async (pipeline, cancellationToken) =>
        {
            var timeout = TimeSpan.FromSeconds(TimeoutSec);
            var how = new WorkloadInjectionOptions { Delivery = Delivery, MustRollOut = Wait, Recreate = Recreate, RecreateTimeout = timeout };
            var injector = new WorkloadInjector(CredentialSource!, connection.Objects, how: how);
            var result = await injector.PlanAsync(workload, cancellationToken).ConfigureAwait(false);
            var isWanted = false;
            await pipeline.InvokeAsync(() => isWanted = ShouldInject(result, injector, connection)).ConfigureAwait(false);
            if (isWanted)
                result = await injector.InjectAsync(workload, cancellationToken).ConfigureAwait(false);
            await pipeline.InvokeAsync(() => Report(result)).ConfigureAwait(false);
            if (Wait && result.Status is InjectionStatus.Injected or InjectionStatus.AlreadyInjected)
                await new Rollout(connection.Objects).WaitAsync(workload, timeout, RollingOut(), cancellationToken).ConfigureAwait(false);
        });
    }

    private bool ShouldInject(InjectionResult plan, WorkloadInjector injector, KubeConnection connection)
    {
        if (plan.Status != InjectionStatus.Planned)
            return false;
        var isPod = plan.Object.Kind == KubeResource.Pods.Kind;
        var what = $"credentials for {Wording.Of(plan.Databases)}";
        var where = string.Join(", ", plan.Containers);
        if (!ShouldDo($"{plan.Object} in {Wording.Of(connection)}", isPod ? $"Delete, and create again with {what} in {where}" : $"Inject {what} into {where}"))
            return false;
        if (!isPod)
            return true;
        var saved = $"Its manifest is saved in {injector.BackupOf(plan.Object)} until then.";
        if (Force)
            WriteVerbose($"The pod {plan.Object} is deleted and created again. {saved}");
        return Force || ShouldContinue($"The pod {plan.Object} is deleted and created again. What it does is interrupted, and what it has written into its own file system is lost. {saved}", "Recreate pod", ref yesToAll, ref noToAll);
    }
}
