using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injection;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Injection;

/// <content>The parameters and the injection of workloads of the connected cluster.</content>
public sealed partial class InvokeCredentialInjectionCommand
{
    private const string OfCluster = "Workload";

    private bool yesToAll;
    private bool noToAll;

    [Parameter(ParameterSetName = OfCluster, Mandatory = true, HelpMessage = "Specifies workloads of the connected cluster in kubectl notation: deployment/orders, sts/orders, ds/agent, cj/cleanup, pod/shell. Objects from the pipeline are processed as manifests, even if they come from a cluster.")]
    [ArgumentCompleter(typeof(WorkloadCompleter))]
    [NameOfObject]
    [ValidateNotNullOrEmpty]
    public string[]? Workload { get; set; }

    [Parameter(ParameterSetName = OfCluster, HelpMessage = "Specifies the namespace of the workloads. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    [Parameter(ParameterSetName = OfCluster, HelpMessage = "Waits until the pods of the workload have the credentials and are available.")]
    public SwitchParameter Wait { get; set; }

    [Parameter(ParameterSetName = OfCluster, HelpMessage = "Specifies how many seconds to wait for the rollout or for a pod to terminate, from 1 to 2,000,000. The default is 300. If the time runs out, the cmdlet reports an error, but does not undo the injection.")]
    [ValidateRange(1, 2_000_000)]
    public int TimeoutSec { get; set; } = (int)Rollout.DefaultTimeout.TotalSeconds;

    [Parameter(ParameterSetName = OfCluster, HelpMessage = "Deletes a pod that no controller manages and creates it again with its credentials. Prompts for confirmation unless you also specify -Force.")]
    public SwitchParameter Recreate { get; set; }

    [Parameter(ParameterSetName = OfCluster, HelpMessage = "Changes workloads that Flux, Argo CD, Helm or another component manages, and deletes a pod without prompting for confirmation.")]
    public SwitchParameter Force { get; set; }

    private void ProcessWorkload(string text)
    {
        var connection = RequireConnection();
        if (ReadWorkload(text, Namespace, connection) is not { } workload)
            return;
        Run(workload, async (pipeline, cancellationToken) =>
        {
            var timeout = TimeSpan.FromSeconds(TimeoutSec);
            var workloadOptions = new WorkloadInjectionOptions { Delivery = Delivery, MustRollOut = Wait, Recreate = Recreate, Force = Force, RecreateTimeout = timeout };
            var injector = new WorkloadInjector(CredentialSource!, connection.Objects, await ReadClusterOptionsAsync(connection, cancellationToken).ConfigureAwait(false), workloadOptions);
            var result = await injector.PlanAsync(workload, cancellationToken).ConfigureAwait(false);
            var isWanted = false;
            await pipeline.InvokeAsync(() => isWanted = ShouldInject(result, injector, connection)).ConfigureAwait(false);
            if (isWanted)
                result = await injector.InjectAsync(workload, cancellationToken).ConfigureAwait(false);
            await pipeline.InvokeAsync(() => Report(result, TakeDeclined())).ConfigureAwait(false);
            if (Wait && result.Status is InjectionStatus.Injected or InjectionStatus.AlreadyInjected)
                await new Rollout(connection.Objects).WaitAsync(workload, timeout, RollingOut(), cancellationToken).ConfigureAwait(false);
        });
    }

    private bool ShouldInject(InjectionResult plan, WorkloadInjector injector, KubeConnection connection)
    {
        if (plan.Status != InjectionStatus.Planned)
            return false;
        var isPod = plan.Object.Kind == KubeResource.Pods.Kind;
        var credentials = $"credentials for {ShouldProcessMessages.Of(plan.Databases)}";
        var containers = string.Join(", ", plan.Containers);
        if (!ShouldDo($"{plan.Object} in {ShouldProcessMessages.Of(connection)}", isPod ? $"Delete and recreate with {credentials} in {containers}" : $"Inject {credentials} into {containers}"))
            return false;
        if (!isPod)
            return true;
        var backup = $"Until then, its manifest is saved in {injector.BackupOf(plan.Object)}.";
        if (Force)
            WriteVerbose($"The pod {plan.Object} is deleted and created again. {backup}");
        return Force || ShouldContinue($"The pod {plan.Object} is deleted and created again. Its work is interrupted, and the files in the file systems of its containers are lost. {backup}", "Recreate pod", ref yesToAll, ref noToAll);
    }
}
