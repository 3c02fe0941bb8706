using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Tests.Architecture;

/// <summary>The rooms of the engine depend on each other in one direction.</summary>
public sealed class RoomTests
{
    private const string Root = "KubeInject";

    // Each room may use itself and the rooms before it. Types of the root namespace may be used everywhere.
    private static readonly string[] Rooms =
    [
        "Http",
        "Kubernetes.Errors",
        "Kubernetes.Objects",
        "Kubernetes.Configuration",
        "Kubernetes.Transport",
        "Kubernetes.Client.Metadata",
        "Kubernetes.Client",
        "Kubernetes.Connection",
        "Files",
        "Annotations",
        "Annotations.Dialects",
        "Manifests.Syntax",
        "Manifests",
        "Manifests.Editing",
        "Credentials",
        "Credentials.KubeSecret",
        "Credentials.PostgreSql",
        "Credentials.Vault",
        "Leases",
        "Injection",
        "Injection.Workloads",
        "Injection.Annotating",
        "Injection.Rotation",
        "Secrets",
        "Diagnosis",
        "Diagnosis.Cluster",
        "Diagnosis.Vault",
        "Reports",
        "Reports.Page",
        "Completion",
    ];

    private static readonly ArchUnitNET.Domain.Architecture Engine = new ArchLoader().LoadAssembly(typeof(KubeConnection).Assembly).Build();

    public static TheoryData<string> RoomNames => [.. Rooms];

    [Theory]
    [MemberData(nameof(RoomNames))]
    public void A_room_depends_on_no_room_after_it(string room)
    {
        var after = Rooms.SkipWhile(name => name != room).Skip(1).ToHashSet();
        var violations =
            from type in Engine.Types.Where(type => RoomOf(type) == room)
            from target in type.Dependencies.Select(dependency => dependency.Target)
            where RoomOf(target) is { } other && after.Contains(other)
            select $"{type.FullName} uses {target.FullName}";

        Assert.Empty(violations.Distinct());
    }

    [Fact]
    public void Every_namespace_is_a_room() =>
        Assert.Equal(Rooms.Order(StringComparer.Ordinal), Engine.Types.Select(RoomOf).OfType<string>().Distinct().Order(StringComparer.Ordinal));

    // Code that the compiler generates for the assembly is in no room.
    private static string? RoomOf(IType type) =>
        type.Namespace.FullName.StartsWith($"{Root}.", StringComparison.Ordinal) && type.Assembly.Name.StartsWith($"{Root},", StringComparison.Ordinal) ? type.Namespace.FullName[(Root.Length + 1)..] : null;
}
