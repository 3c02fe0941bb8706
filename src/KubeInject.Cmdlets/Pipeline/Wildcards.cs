using System.Management.Automation;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>Patterns of names as PowerShell has them: whatever the case, and the same in every culture, for names are ASCII.</summary>
internal static class Wildcards
{
    public static WildcardPattern Pattern(string name) => new(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
}
