using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>Stores a default of each runspace, which its cmdlets share: its connection, or its credential source.</summary>
internal static class RunspaceDefault<T>
    where T : class
{
    private static readonly ConditionalWeakTable<Runspace, T> Values = [];

    /// <summary>The value of the current runspace; null if there is none. The setter does not close the previous value, because variables can refer to it.</summary>
    public static T? Current
    {
        get => Values.TryGetValue(Runspace.DefaultRunspace, out var value) ? value : null;
        set
        {
            Values.Remove(Runspace.DefaultRunspace);
            if (value is not null)
                Values.Add(Runspace.DefaultRunspace, value);
        }
    }
}
