using System.Globalization;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>What a pod asks for by its annotations, and what is the matter with them.</summary>
public sealed record PodInjection
{
    /// <summary>
    /// The pod, or the workload with its pod template; always set. Not a public property, because its annotations may hold
    /// passwords, and public properties are printed, converted and exported.
    /// </summary>
    internal PodTemplate Pod { get; init; } = null!;

    /// <summary>In whose words it asks. Default: <see cref="InjectionDialect.VaultDbInjector"/>.</summary>
    public InjectionDialect Dialect { get; init; }

    /// <summary>The kind of the object: <c>Pod</c>, <c>Deployment</c>, ….</summary>
    public string Kind => Pod.Object.Kind;

    /// <summary>Its namespace; null where a manifest names none.</summary>
    public string? Namespace => Pod.Object.Namespace;

    /// <summary>Its name.</summary>
    public string Name => Pod.Object.Name;

    /// <summary>The API server that it was read from; null for a manifest.</summary>
    public Uri? Server => Pod.Server;

    /// <summary>How far the injection has come.</summary>
    public required InjectionState State { get; init; }

    /// <summary>The databases, in ordinal order of their names.</summary>
    public IReadOnlyList<DatabaseInjection> Databases { get; init; } = [];

    /// <summary>
    /// UUIDs that the pod carries and that belong to no database for certain, because there are more or fewer of them
    /// than databases. Their credentials are issued all the same.
    /// </summary>
    public IReadOnlyList<string> UnmatchedUuids { get; init; } = [];

    /// <summary>The key of every lease record of the pod: those of its databases, then the unmatched.</summary>
    public IEnumerable<string> Uuids => Databases.Select(database => database.Uuid).OfType<string>().Concat(UnmatchedUuids);

    /// <summary>What is the matter, errors first, then in ordinal order of the key.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Whether a finding stands in the way of the injection.</summary>
    public bool HasErrors => Findings.Any(finding => finding.Severity == FindingSeverity.Error);

    /// <summary>The injection in one line.</summary>
    /// <returns>For example <c>shop/deployment/orders: Pending, analytics, orders; 1 error; 2 warnings</c>.</returns>
    public override string ToString()
    {
        var databases = Databases.Count == 0 ? "no database" : string.Join(", ", Databases.Select(database => Redaction.OneLine(database.Name)));
        var words = Dialect == InjectionDialect.VaultDbInjector ? "" : $" in the dialect {Dialect}";
        return $"{Pod.Object}: {State}, {databases}{words}{Count(FindingSeverity.Error, "error")}{Count(FindingSeverity.Warning, "warning")}";
    }

    private string Count(FindingSeverity severity, string noun) => Findings.Count(finding => finding.Severity == severity) switch
    {
        0 => "",
        1 => $"; 1 {noun}",
        var count => string.Create(CultureInfo.InvariantCulture, $"; {count} {noun}s"),
    };
}
