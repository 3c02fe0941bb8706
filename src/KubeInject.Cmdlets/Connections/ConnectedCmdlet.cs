using System.Management.Automation;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>A cmdlet that talks to a cluster: over the runspace's connection, or over the one it is given.</summary>
public abstract class ConnectedCmdlet : KubeCmdlet
{
    /// <summary>The connection to use.</summary>
    [Parameter(HelpMessage = "The connection to use, as Connect-KubeCluster returns it. Default: the last one of this session.")]
    public KubeConnection? Connection { get; set; }

    /// <summary>The connection to use; ends the cmdlet where there is none.</summary>
    private protected KubeConnection RequireConnection()
    {
        var connection = Connection ?? RunspaceConnection.Current;
        if (connection is null)
            ThrowTerminatingError(Errors.NotConnected());
        return connection!;
    }
}
