using System.Management.Automation;
using KubeInject.Leases;

namespace KubeInject.Cmdlets;

/// <summary>Makes a source of credentials, for Invoke-CredentialInjection.</summary>
[Cmdlet(VerbsCommon.New, "CredentialSource")]
[OutputType(typeof(CredentialSource))]
public sealed class NewCredentialSourceCommand : PSCmdlet
{
    /// <summary>Whether credentials are made up.</summary>
    [Parameter(Mandatory = true, HelpMessage = "Make credentials up, for trying out. No database knows them.")]
    public SwitchParameter Local { get; set; }

    /// <summary>Where leases are recorded.</summary>
    [Parameter(HelpMessage = "The folder that leases are recorded in. Default: kubeinject/leases below XDG_STATE_HOME, or below ~/.local/state.")]
    [ValidateNotNullOrEmpty]
    public string? LeasePath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        WriteObject(CredentialSource.CreateLocal(LeasePath is null ? null : GetUnresolvedProviderPathFromPSPath(LeasePath)));
}
