using System.Reflection;
using System.Runtime.Loader;

namespace KubeInject.Loader;

/// <summary>
/// Keeps the module's assemblies and what they depend on to themselves: another module's YamlDotNet, of any
/// version, loaded before or after, is never seen here, and ours is never seen there.
/// </summary>
/// <remarks>
/// There is one context a process, shared by all runspaces that import the module, so that an object made in
/// one runspace keeps its type in another.
/// </remarks>
public sealed class ModuleLoadContext : AssemblyLoadContext
{
    private static readonly Lazy<ModuleLoadContext> Instance = new(() => new ModuleLoadContext());

    private readonly string folder = Path.GetDirectoryName(typeof(ModuleLoadContext).Assembly.Location)!;

    private ModuleLoadContext()
        : base("KubeInject")
    {
    }

    /// <summary>Loads the cmdlets into the module's own context, or returns them when they are there already.</summary>
    /// <returns>The assembly with the cmdlets, for <c>Import-Module -Assembly</c>.</returns>
    public static Assembly LoadCmdlets() => Instance.Value.LoadFromAssemblyName(new AssemblyName("KubeInject.Cmdlets"));

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Whatever does not stand beside the module (the platform, PowerShell itself) comes from the default context.
        var path = Path.Combine(folder, $"{assemblyName?.Name}.dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
