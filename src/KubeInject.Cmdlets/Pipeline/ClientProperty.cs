using System.Management.Automation;
using KubeInject.Client;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>The property <c>Client</c> of a connection in PowerShell: the official client of Kubernetes.</summary>
public static class ClientProperty
{
    /// <summary>Called by PowerShell, which knows it by KubeInject.Types.ps1xml.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>Its client, a <c>k8s.IKubernetes</c>. Nothing of it is loaded before this call.</returns>
    public static object Get(PSObject connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return KubeConnectionClient.GetClient((KubeConnection)connection.BaseObject);
    }
}
