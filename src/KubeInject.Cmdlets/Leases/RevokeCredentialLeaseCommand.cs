using System.Management.Automation;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Leases;

/// <summary>Revokes credentials, even if they are still in use.</summary>
[Cmdlet(VerbsSecurity.Revoke, "CredentialLease", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = FromPipeline)]
[OutputType(typeof(void))]
public sealed class RevokeCredentialLeaseCommand : LeaseCmdlet
{
    private protected override string ActivityName => "Revoking leases";

    private protected override string? Sum(int count) => $"In total, {count} leases would be revoked.";

    private protected override void ProcessLease(CredentialLease lease)
    {
        var action = lease.IsRevocable ? "Revoke; its users lose access" : "Delete the record; the credential remains valid";
        if (!ShouldDo(TargetOf(lease), action))
            return;
        Run(lease, async (pipeline, cancellationToken) =>
        {
            if (await lease.RevokeAsync(cancellationToken).ConfigureAwait(false) is { } warning)
                await pipeline.InvokeAsync(() => WriteWarning($"{lease}: {warning}")).ConfigureAwait(false);
            if (!lease.IsRevocable)
                await pipeline.InvokeAsync(() => WriteWarning($"{lease}: The record of the lease is deleted, but the source '{lease.Source}' cannot revoke credentials, so the credential remains valid.")).ConfigureAwait(false);
        });
    }
}
