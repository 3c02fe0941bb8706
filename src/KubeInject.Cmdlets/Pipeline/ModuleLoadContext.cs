using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>
/// Isolates the engine and its dependencies from other modules, which can load other versions of the same assemblies, for
/// example of YamlDotNet. Only the cmdlets are loaded into the default context of PowerShell.
/// </summary>
/// <remarks>
/// The assemblies are in the folder lib below the cmdlets, which PowerShell does not search. Each process has one context, which
/// all runspaces share, so that an object from one runspace has the same type in another.
/// </remarks>
public sealed class ModuleLoadContext : AssemblyLoadContext, IModuleAssemblyInitializer
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(typeof(ModuleLoadContext).Assembly.Location)!, "lib");
    private static readonly Lazy<ModuleLoadContext> Engine = new(() =>
    {
        Default.Resolving += (_, name) => name.Name is "KubeInject" or "KubeInject.Client" or "KubernetesClient" ? Engine!.Value.LoadFromAssemblyName(name) : null;

        // PowerShell searches for types only in the default context. This assembly forwards the types of the official client.
        Default.LoadFromAssemblyPath(Path.Combine(Folder, "KubeInject.ClientTypes.dll"));
        return new ModuleLoadContext();
    });

    /// <summary>Creates an instance for PowerShell, which calls <see cref="OnImport"/>. The engine is loaded into one shared context.</summary>
    public ModuleLoadContext()
        : base("KubeInject")
    {
    }

    /// <summary>Creates the shared context at the first import. PowerShell calls this method at every import.</summary>
    public void OnImport() => _ = Engine.Value;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Other assemblies (of .NET and PowerShell) are loaded from the default context.
        var path = Path.Combine(Folder, $"{assemblyName?.Name}.dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
