using System.Management.Automation;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Connections;

/// <summary>Gets the connection of the session.</summary>
[Cmdlet(VerbsCommon.Get, "KubeConnection")]
[OutputType(typeof(KubeConnection))]
public sealed class GetKubeConnectionCommand : KubeCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (RunspaceDefault<KubeConnection>.Current is { } connection)
            WriteObject(connection);
    }
}
