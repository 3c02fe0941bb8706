using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Connections;

/// <summary>Stores the connection of each runspace, which its cmdlets share.</summary>
internal static class RunspaceConnection
{
    private static readonly ConditionalWeakTable<Runspace, KubeConnection> Connections = [];

    /// <summary>The connection of the current runspace; null if there is none. The setter does not close the previous connection.</summary>
    public static KubeConnection? Current
    {
        get => Connections.TryGetValue(Runspace.DefaultRunspace, out var connection) ? connection : null;
        set
        {
            Connections.Remove(Runspace.DefaultRunspace);
            if (value is not null)
                Connections.Add(Runspace.DefaultRunspace, value);
        }
    }
}
