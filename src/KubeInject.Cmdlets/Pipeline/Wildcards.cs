using System.Management.Automation;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>Creates PowerShell wildcard patterns that ignore case and do not depend on the culture, because names are ASCII.</summary>
internal static class Wildcards
{
    public static WildcardPattern Pattern(string name) => new(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
}
