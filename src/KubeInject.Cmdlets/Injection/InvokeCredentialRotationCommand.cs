using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injection;
using KubeInject.Injection.Rotation;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Injection;

/// <summary>Replaces the credentials of workloads and revokes the old ones after the rollout.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "CredentialRotation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RotationResult))]
public sealed class InvokeCredentialRotationCommand : InjectionCmdlet
{
    private bool isNoticeGiven;

    // Not CredentialDelivery: PowerShell determines the layout of a cmdlet before the engine, which defines the value type, can be loaded.
    private object? delivery;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Specifies workloads that already have injected credentials, in kubectl notation: deployment/orders, sts/orders, ds/agent, cj/cleanup.")]
    [ArgumentCompleter(typeof(WorkloadCompleter))]
    [NameOfObject]
    [ValidateNotNullOrEmpty]
    public string[] Workload { get; set; } = [];

    [Parameter(HelpMessage = "Specifies the namespace of the workloads. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    [Parameter(HelpMessage = "Specifies the source that issues the new credentials and revokes the old ones, as created by New-CredentialSource. The default is the source that New-CredentialSource -Default created in this session.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    [Parameter(HelpMessage = "Specifies how containers get the new credentials: Value sets the values of their variables, and Secret creates a Secret in the namespace of the workload, and the variables refer to it. The default is the current delivery of the workload.")]
    public CredentialDelivery? Delivery
    {
        get => (CredentialDelivery?)delivery;
        set => delivery = value;
    }

    [Parameter(HelpMessage = "Specifies how many seconds the rollout can take before the cmdlet restores the old credentials, from 1 to 2,000,000. The default is 300.")]
    [ValidateRange(1, 2_000_000)]
    public int TimeoutSec { get; set; } = (int)Rollout.DefaultTimeout.TotalSeconds;

    [Parameter(HelpMessage = "Changes workloads that Flux, Argo CD, Helm or another component manages.")]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        CredentialSource = RequireSource(CredentialSource);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = RequireConnection();
        foreach (var text in Workload)
        {
            if (ReadWorkload(text, Namespace, connection) is { } workload)
                Rotate(workload, connection);
        }
    }

    private void Rotate(ObjectReference workload, KubeConnection connection) => Run(workload, async (pipeline, cancellationToken) =>
    {
        var how = new RotationOptions { Delivery = Delivery, Force = Force, Timeout = TimeSpan.FromSeconds(TimeoutSec) };
        var rotation = new CredentialRotation(CredentialSource!, connection.Objects, await ReadClusterOptionsAsync(connection, cancellationToken).ConfigureAwait(false), how);
        var result = await rotation.PlanAsync(workload, cancellationToken).ConfigureAwait(false);
        var isWanted = false;
        await pipeline.InvokeAsync(() => isWanted = ShouldRotate(result, connection)).ConfigureAwait(false);
        if (isWanted)
            result = await rotation.RotateAsync(workload, RollingOut(), cancellationToken).ConfigureAwait(false);
        await pipeline.InvokeAsync(() => Report(result)).ConfigureAwait(false);
    });

    private protected override string? Sum(int count) => $"In total, {count} workloads would get new credentials.";

    private bool ShouldRotate(RotationResult plan, KubeConnection connection) => plan.Status == RotationStatus.Planned && ShouldDo(
        $"{plan.Object} in {ShouldProcessMessages.Of(connection)}",
        $"Replace the credentials for {ShouldProcessMessages.Of(plan.Databases)} in {string.Join(", ", plan.Containers)}, wait for the rollout, and revoke the old ones");

    private void Report(RotationResult result)
    {
        foreach (var finding in result.Findings.Where(finding => finding.Severity == FindingSeverity.Warning))
            WriteWarning($"{finding}");
        if (result.Status == RotationStatus.NotInjected)
            WriteWarning($"{result.Object}: The workload has no injected credentials to replace. Run Invoke-CredentialInjection first.");
        if (result.Warning is not null)
            WriteWarning(result.Warning);
        if (result.Error is not null)
            WriteError(Errors.RotationFailed(result.Error, result));
        if (result.Status == RotationStatus.Rotated && CredentialSource!.Notice is { } notice && !isNoticeGiven)
        {
            isNoticeGiven = true;
            WriteWarning(notice);
        }

        if (!(TakeDeclined() && result.Status == RotationStatus.Planned))
            WriteObject(result);
    }
}
