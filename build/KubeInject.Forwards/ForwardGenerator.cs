using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace KubeInject.Forwards;

/// <summary>Generates type forwarders for all public types of KubernetesClient.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class ForwardGenerator : IIncrementalGenerator
{
    private const string Source = "KubernetesClient";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context) =>
        context.RegisterSourceOutput(context.CompilationProvider, (output, compilation) => output.AddSource("Forwards.g.cs", Forwards(compilation)));

    private static SourceText Forwards(Compilation compilation)
    {
        var text = new StringBuilder();
        var client = compilation.SourceModule.ReferencedAssemblySymbols.Single(assembly => assembly.Name == Source);
        foreach (var type in client.GetForwardedTypes().Concat(Types(client.GlobalNamespace)))
            text.Append("[assembly: global::System.Runtime.CompilerServices.TypeForwardedTo(typeof(").Append(Name(type)).AppendLine("))]");
        return SourceText.From(text.ToString(), Encoding.UTF8);
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceSymbol space) =>
        space.GetTypeMembers().Where(type => type.DeclaredAccessibility == Accessibility.Public).Concat(space.GetNamespaceMembers().SelectMany(Types));

    private static string Name(INamedTypeSymbol type)
    {
        var name = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        return type.Arity == 0 ? name : $"{name.Substring(0, name.IndexOf('<'))}<{new string(',', type.Arity - 1)}>";
    }
}
