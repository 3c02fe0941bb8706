using System.Management.Automation;
using KubeInject.Client;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>The property <c>Client</c> of a connection in PowerShell: the official Kubernetes client.</summary>
public static class ClientProperty
{
    /// <summary>Returns the client of a connection. PowerShell calls this method, which KubeInject.Types.ps1xml registers.</summary>
    /// <param name="connection">A <see cref="KubeConnection"/>.</param>
    /// <returns>The client, a <c>k8s.IKubernetes</c>. The first call loads its assemblies.</returns>
    public static object Get(PSObject connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return KubeConnectionClient.GetClient((KubeConnection)connection.BaseObject);
    }
}
