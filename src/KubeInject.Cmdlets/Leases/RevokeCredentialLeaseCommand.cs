using System.Management.Automation;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Leases;

/// <summary>Revokes credentials, even if they are still in use.</summary>
[Cmdlet(VerbsSecurity.Revoke, "CredentialLease", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = FromPipeline)]
[OutputType(typeof(void))]
public sealed class RevokeCredentialLeaseCommand : LeaseCmdlet
{
    private protected override string Doing => "Revoking leases";

    private protected override string? Sum(int count) => $"{count} leases in all would be revoked.";

    private protected override void ProcessLease(CredentialLease lease)
    {
        var action = lease.IsRevocable ? "Revoke; what uses it loses its access" : "Forget; the credential itself stays";
        if (!ShouldDo(Where(lease), action))
            return;
        Run(lease, async (pipeline, cancellationToken) =>
        {
            if (await lease.RevokeAsync(cancellationToken).ConfigureAwait(false) is { } warning)
                await pipeline.InvokeAsync(() => WriteWarning($"{lease}: {warning}")).ConfigureAwait(false);
            if (!lease.IsRevocable)
                await pipeline.InvokeAsync(() => WriteWarning($"{lease}: The lease is forgotten, but the source '{lease.Source}' cannot revoke: the credential itself stays as it is.")).ConfigureAwait(false);
        });
    }
}
