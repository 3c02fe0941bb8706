using System.Management.Automation;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Sources;

/// <summary>Gets the default credential source of the session.</summary>
[Cmdlet(VerbsCommon.Get, "CredentialSource")]
[OutputType(typeof(CredentialSource))]
public sealed class GetCredentialSourceCommand : KubeCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (RunspaceDefault<CredentialSource>.Current is { } source)
            WriteObject(source);
    }
}
