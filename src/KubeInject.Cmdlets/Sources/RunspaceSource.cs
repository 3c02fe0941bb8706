using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using KubeInject.Kubernetes.Connection;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Sources;

/// <summary>Stores the default credential source of each runspace, which its cmdlets share.</summary>
internal static class RunspaceSource
{
    private static readonly ConditionalWeakTable<Runspace, CredentialSource> Sources = [];

    /// <summary>The default source of the current runspace; null if there is none. A previous source remains valid, because variables and leases can refer to it.</summary>
    public static CredentialSource? Current
    {
        get => Sources.TryGetValue(Runspace.DefaultRunspace, out var source) ? source : null;
        set
        {
            Sources.Remove(Runspace.DefaultRunspace);
            if (value is not null)
                Sources.Add(Runspace.DefaultRunspace, value);
        }
    }

    /// <summary>Removes the default source if it uses a connection that is closed.</summary>
    public static void Remove(KubeConnection connection)
    {
        if (Current?.Client == connection.Objects)
            Current = null;
    }
}
