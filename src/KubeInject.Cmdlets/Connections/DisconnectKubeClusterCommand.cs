using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Connection;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Connections;

/// <summary>Closes the connection of the session, or the connection that you specify.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "KubeCluster")]
public sealed class DisconnectKubeClusterCommand : KubeCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Specifies the connection to close. The default is the connection of this session.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    public KubeConnection? Connection { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = Connection ?? RunspaceDefault<KubeConnection>.Current;
        if (connection == RunspaceDefault<KubeConnection>.Current)
            RunspaceDefault<KubeConnection>.Current = null;
        if (connection is null)
            return;
        if (RunspaceDefault<CredentialSource>.Current?.Client == connection.Objects)
            RunspaceDefault<CredentialSource>.Current = null;
        connection.Dispose();
    }
}
