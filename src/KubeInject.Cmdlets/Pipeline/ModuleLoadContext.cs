using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>
/// Keeps the engine and what it depends on to themselves: another module's YamlDotNet, of any version, loaded before
/// or after, is never seen here, and ours is never seen there. Only the cmdlets are in PowerShell's own context.
/// </summary>
/// <remarks>
/// The assemblies stand in a folder below the cmdlets', where nobody else looks. There is one context a process, shared
/// by all runspaces that import the module, so that an object made in one keeps its type in another.
/// </remarks>
public sealed class ModuleLoadContext : AssemblyLoadContext, IModuleAssemblyInitializer
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(typeof(ModuleLoadContext).Assembly.Location)!, "lib");
    private static readonly Lazy<ModuleLoadContext> Engine = new(() =>
    {
        Default.Resolving += (_, name) => name.Name is "KubeInject" or "KubeInject.Client" or "KubernetesClient" ? Engine!.Value.LoadFromAssemblyName(name) : null;

        // PowerShell looks for types in this context's assemblies alone. This one only says that the official client has them.
        Default.LoadFromAssemblyPath(Path.Combine(Folder, "KubeInject.ClientTypes.dll"));
        return new ModuleLoadContext();
    });

    /// <summary>Called by PowerShell; the context in use is made once.</summary>
    public ModuleLoadContext()
        : base("KubeInject")
    {
    }

    /// <summary>Called by PowerShell at every import.</summary>
    public void OnImport() => _ = Engine.Value;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Whatever does not stand there (the platform, PowerShell itself) comes from the default context.
        var path = Path.Combine(Folder, $"{assemblyName?.Name}.dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
