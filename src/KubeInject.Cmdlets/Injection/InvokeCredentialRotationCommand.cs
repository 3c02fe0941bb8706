using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Injection;
using KubeInject.Kubernetes;
using KubeInject.Leases;

namespace KubeInject.Cmdlets;

/// <summary>Gives workloads new credentials, and revokes the old ones once no pod uses them.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "CredentialRotation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RotationResult))]
public sealed class InvokeCredentialRotationCommand : ConnectedCmdlet
{
    private bool isNoticeGiven;

    // No field of a cmdlet is of a value type of the engine: PowerShell asks for their layout before the engine can be found.
    private object? delivery;

    /// <summary>The workloads.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Workloads that are injected already, as kubectl names them: deployment/orders, sts/orders, ds/agent, cj/cleanup.")]
    [ArgumentCompleter(typeof(WorkloadCompleter))]
    [NameOfObject]
    [ValidateNotNullOrEmpty]
    public string[] Workload { get; set; } = [];

    /// <summary>Their namespace.</summary>
    [Parameter(HelpMessage = "The namespace of the workloads. Default: that of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Where credentials come from.</summary>
    [Parameter(HelpMessage = "Where the new credentials come from, as New-CredentialSource makes it; the old ones are revoked there. There is no default.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    /// <summary>How the containers get them.</summary>
    [Parameter(HelpMessage = "How the containers get the new credentials: as values, or from a Secret. Default: as they have the old ones.")]
    public CredentialDelivery? Delivery
    {
        get => (CredentialDelivery?)delivery;
        set => delivery = value;
    }

    /// <summary>How long to wait.</summary>
    [Parameter(HelpMessage = "How many seconds the rollout may take before the old credentials are put back. Default: 300.")]
    [ValidateRange(1, 2_000_000)]
    public int TimeoutSec { get; set; } = (int)Rollout.DefaultTimeout.TotalSeconds;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (CredentialSource is null)
            ThrowTerminatingError(Errors.CredentialSourceMissing());
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
        var how = new RotationOptions { Delivery = Delivery, Timeout = TimeSpan.FromSeconds(TimeoutSec) };
        var rotation = new CredentialRotation(CredentialSource!, connection.Objects, how: how);
        var result = await rotation.PlanAsync(workload, cancellationToken).ConfigureAwait(false);
        var isWanted = false;
        await pipeline.InvokeAsync(() => isWanted = ShouldRotate(result, connection)).ConfigureAwait(false);
        if (isWanted)
            result = await rotation.RotateAsync(workload, RollingOut(), cancellationToken).ConfigureAwait(false);
        await pipeline.InvokeAsync(() => Report(result)).ConfigureAwait(false);
    });

    private protected override string? Sum(int count) => $"{count} workloads in all would get new credentials.";

    private bool ShouldRotate(RotationResult plan, KubeConnection connection) => plan.Status == RotationStatus.Planned && ShouldDo(
        $"{plan.Object} in {Wording.Of(connection)}",
        $"Replace the credentials for {Wording.Of(plan.Databases)} in {string.Join(", ", plan.Containers)}, wait for the rollout, and revoke the old ones");

    private void Report(RotationResult result)
    {
        foreach (var finding in result.Findings.Where(finding => finding.Severity == FindingSeverity.Warning))
            WriteWarning($"{finding}");
        if (result.Status == RotationStatus.NotInjected)
            WriteWarning($"{result.Object}: There are no credentials to replace. Run Invoke-CredentialInjection first.");
        if (result.Warning is not null)
            WriteWarning(result.Warning);
        if (result.Error is not null)
            WriteError(Errors.RotationFailed(result.Error, result));
        if (result.Status == RotationStatus.Rotated && CredentialSource!.Notice is { } notice && !isNoticeGiven)
        {
            isNoticeGiven = true;
            WriteWarning(notice);
        }

        WriteObject(result);
    }
}
