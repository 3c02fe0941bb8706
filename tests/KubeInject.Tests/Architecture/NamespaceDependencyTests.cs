using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using KubeInject.Admission;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Tests.Architecture;

/// <summary>The namespaces of the engine depend on each other in one direction.</summary>
public sealed class NamespaceDependencyTests
{
    private const string Root = "KubeInject";

    // Each namespace may use itself and the namespaces before it, and so may its child namespaces. Types of the root namespace may be used everywhere.
    private static readonly string[] Namespaces =
    [
        "Http",
        "Kubernetes.Errors",
        "Kubernetes.Objects",
        "Kubernetes.Configuration",
        "Kubernetes.Transport",
        "Kubernetes.Client",
        "Kubernetes.Connection",
        "Files",
        "Annotations",
        "Annotations.Dialects",
        "Manifests",
        "Credentials",
        "Leases",
        "Injection",
        "Admission",
        "Controller",
        "Certificates",
        "Secrets",
        "Diagnosis",
        "Installation",
        "Reports",
        "Completion",
    ];

    private static readonly ArchUnitNET.Domain.Architecture Engine = new ArchLoader().LoadAssemblies(typeof(KubeConnection).Assembly, typeof(PodAdmission).Assembly).Build();

    public static TheoryData<string> NamespaceNames => [.. Namespaces];

    [Theory]
    [MemberData(nameof(NamespaceNames))]
    public void A_namespace_depends_only_on_namespaces_before_it(string area)
    {
        var after = Namespaces.SkipWhile(name => name != area).Skip(1).ToHashSet();
        var violations =
            from type in Engine.Types.Where(type => AreaOf(type) == area)
            from target in type.Dependencies.Select(dependency => dependency.Target)
            where AreaOf(target) is { } other && after.Contains(other)
            select $"{type.FullName} uses {target.FullName}";

        Assert.Empty(violations.Distinct());
    }

    [Fact]
    public void Every_namespace_has_types() => Assert.All(Namespaces, area => Assert.Contains(Engine.Types, type => AreaOf(type) == area));

    // A namespace without a separate entry belongs to its parent.
    private static string? AreaOf(IType type) => type.Namespace?.FullName is { } name && name.StartsWith($"{Root}.", StringComparison.Ordinal)
        ? Namespaces.Where(area => $"{name}.".StartsWith($"{Root}.{area}.", StringComparison.Ordinal)).MaxBy(area => area.Length) ?? name
        : null;
}
