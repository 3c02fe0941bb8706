using KubeInject.Annotations;
using KubeInject.Leases;

namespace KubeInject.Reports;

/// <summary>What the pods of a cluster ask for, get and lack, at one moment. Holds no secret, and no value of any annotation that may be one.</summary>
public sealed record PodInjectionReport
{
    /// <summary>The API server's address.</summary>
    public required string Server { get; init; }

    /// <summary>The context of the kubeconfig; null where the connection came from elsewhere.</summary>
    public string? Context { get; init; }

    /// <summary>Who looked; null where the server does not say.</summary>
    public string? User { get; init; }

    /// <summary>The server's version; null where it does not say.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>The version of KubeInject that looked.</summary>
    public required string Version { get; init; }

    /// <summary>When it looked.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Which pods it looked at, in words: <c>all namespaces</c>, <c>the namespace shop</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The namespaces that have pods, in ordinal order.</summary>
    public IReadOnlyList<NamespaceSummary> Namespaces { get; init; } = [];

    /// <summary>The pods that ask for something, or that something is the matter with, as they belong together; in ordinal order.</summary>
    public IReadOnlyList<PodGroup> Pods { get; init; } = [];

    /// <summary>What is the matter: errors first, then by code and message.</summary>
    public IReadOnlyList<FindingGroup> Findings { get; init; } = [];

    /// <summary>The leases on record, by the time that they end, those that have no end last.</summary>
    public IReadOnlyList<ReportedLease> Leases { get; init; } = [];

    /// <summary>Whose leases they are, in words.</summary>
    public required string LeaseSource { get; init; }

    /// <summary>What could not be looked at, and what was not, each in a sentence.</summary>
    public IReadOnlyList<string> Gaps { get; init; } = [];

    /// <summary>How many pods there are.</summary>
    public int PodCount => Namespaces.Sum(one => one.Pods);

    /// <summary>How many findings of a severity there are.</summary>
    /// <param name="severity">The severity.</param>
    /// <returns>The number; pods of one template count once.</returns>
    public int CountOf(FindingSeverity severity) => Findings.Where(finding => finding.Severity == severity).Sum(finding => finding.Objects.Count);

    /// <summary>How many leases stand so.</summary>
    /// <param name="state">How they stand.</param>
    /// <returns>The number.</returns>
    public int CountOf(LeaseState state) => Leases.Count(lease => lease.State == state);
}
