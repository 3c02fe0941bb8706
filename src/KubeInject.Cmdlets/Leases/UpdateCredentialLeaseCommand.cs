using System.Management.Automation;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Leases;

/// <summary>Renews credential leases.</summary>
[Cmdlet(VerbsData.Update, "CredentialLease", SupportsShouldProcess = true, DefaultParameterSetName = FromPipeline)]
[OutputType(typeof(CredentialLease))]
public sealed class UpdateCredentialLeaseCommand : LeaseCmdlet
{
    private protected override string ActivityName => "Renewing leases";

    private protected override string? Sum(int count) => $"In total, {count} leases would be renewed.";

    private protected override void ProcessLease(CredentialLease lease)
    {
        if (!lease.IsRenewable || lease.State == LeaseState.Incomplete)
        {
            WriteError(Errors.LeaseNotRenewable(lease));
            return;
        }

        if (!ShouldDo(TargetOf(lease), "Renew"))
            return;
        Run(lease, async (pipeline, cancellationToken) =>
        {
            var renewed = await lease.RenewAsync(cancellationToken).ConfigureAwait(false);
            await pipeline.InvokeAsync(() => WriteObject(renewed)).ConfigureAwait(false);
        });
    }
}
