using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Connections;

/// <summary>The connection that all cmdlets of a runspace share.</summary>
internal static class RunspaceConnection
{
    private static readonly ConditionalWeakTable<Runspace, KubeConnection> Connections = [];

    /// <summary>The current runspace's connection; null where there is none. The one before stays open for who holds it.</summary>
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
