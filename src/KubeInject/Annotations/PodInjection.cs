using System.Globalization;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>The databases that a pod requests with its annotations, and the findings.</summary>
public sealed record PodInjection
{
    private static readonly PodTemplate Unnamed = new() { Object = new ObjectReference("Pod", null, "") };

    /// <summary>
    /// The pod, or the workload with its pod template. This property is not public, because annotations might
    /// contain passwords, and PowerShell displays, converts and exports public properties.
    /// </summary>
    internal PodTemplate Pod { get; init; } = Unnamed;

    /// <summary>The injector that the annotations are for. Default: <see cref="InjectionDialect.VaultDbInjector"/>.</summary>
    public InjectionDialect Dialect { get; init; }

    /// <summary>The kind of the object: <c>Pod</c> (default), <c>Deployment</c>, ….</summary>
    public string Kind
    {
        get => Pod.Object.Kind;
        init => Pod = Pod with { Object = Pod.Object with { Kind = value } };
    }

    /// <summary>The namespace of the object. Null if a manifest specifies no namespace.</summary>
    public string? Namespace
    {
        get => Pod.Object.Namespace;
        init => Pod = Pod with { Object = Pod.Object with { Namespace = value } };
    }

    /// <summary>The name of the object.</summary>
    public string Name
    {
        get => Pod.Object.Name;
        init => Pod = Pod with { Object = Pod.Object with { Name = value } };
    }

    /// <summary>The API server that the object was read from. Null for a manifest.</summary>
    public Uri? Server
    {
        get => Pod.Server;
        init => Pod = Pod with { Server = value };
    }

    /// <summary>The state of the injection.</summary>
    public required InjectionState State { get; init; }

    /// <summary>The databases, in ordinal order of their names.</summary>
    public IReadOnlyList<DatabaseInjection> Databases { get; init => field = ReadableList.Of(value, database => database.Name); } = ReadableList<DatabaseInjection>.Empty;

    /// <summary>
    /// The UUIDs of the pod that cannot be assigned to a database, because the numbers of UUIDs and databases differ. The
    /// credentials of these leases were issued, too.
    /// </summary>
    public IReadOnlyList<string> UnmatchedUuids { get; init => field = ReadableList.Of(value); } = ReadableList<string>.Empty;

    /// <summary>The keys of all lease records of the pod: first those of the databases, then the unmatched UUIDs.</summary>
    public IEnumerable<string> Uuids => ReadableList.Of(Databases.Select(database => database.Uuid).OfType<string>().Concat(UnmatchedUuids));

    /// <summary>Whether the variables are placeholders of the in-cluster injector's NRI mode, so that injector injects the containers.</summary>
    internal bool HasPlaceholders { get; init; }

    /// <summary>The findings: errors first, then in ordinal order of the key.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = ReadableList.Of(value, finding => finding.Code); } = ReadableList<Finding>.Empty;

    /// <summary>Whether a finding prevents the injection.</summary>
    public bool HasErrors => Findings.Any(finding => finding.Severity == FindingSeverity.Error);

    /// <summary>Returns the injection in one line.</summary>
    /// <returns>For example <c>shop/deployment/orders: Pending, analytics, orders; 1 error; 2 warnings</c>.</returns>
    public override string ToString()
    {
        var databases = Databases.Count == 0 ? "no database" : string.Join(", ", Databases.Select(database => Redaction.OneLine(database.Name)));
        var dialect = Dialect == InjectionDialect.VaultDbInjector ? "" : $" in the dialect {Dialect}";
        return $"{Pod.Object}: {State}, {databases}{dialect}{Count(FindingSeverity.Error, "error")}{Count(FindingSeverity.Warning, "warning")}";
    }

    private string Count(FindingSeverity severity, string noun) => Findings.Count(finding => finding.Severity == severity) switch
    {
        0 => "",
        1 => $"; 1 {noun}",
        var count => string.Create(CultureInfo.InvariantCulture, $"; {count} {noun}s"),
    };
}
