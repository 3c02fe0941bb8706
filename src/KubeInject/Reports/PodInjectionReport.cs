using KubeInject.Annotations;
using KubeInject.Leases;

namespace KubeInject.Reports;

/// <summary>A report on the requested, injected, and missing credentials of the pods of a cluster. Contains no secrets, and no annotation values that can be secrets.</summary>
internal sealed record PodInjectionReport
{
    /// <summary>The API server's address.</summary>
    public required string Server { get; init; }

    /// <summary>The context of the kubeconfig; null if the connection does not use a kubeconfig.</summary>
    public string? Context { get; init; }

    /// <summary>The user that created the report; null if the server does not report it.</summary>
    public string? User { get; init; }

    /// <summary>The version of the server; null if the server does not report it.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>The version of KubeInject that created the report.</summary>
    public required string Version { get; init; }

    /// <summary>When the report was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The pods in the report: <c>all namespaces</c>, <c>the namespace shop</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The namespaces that have pods, in ordinal order.</summary>
    public IReadOnlyList<NamespaceSummary> Namespaces { get; init; } = [];

    /// <summary>The pods that request credentials or have findings, grouped and in ordinal order.</summary>
    public IReadOnlyList<PodGroup> Pods { get; init; } = [];

    /// <summary>The findings: errors first, then by code and message.</summary>
    public IReadOnlyList<FindingGroup> Findings { get; init; } = [];

    /// <summary>The recorded leases in the order of their expiration; leases without an expiration are last.</summary>
    public IReadOnlyList<ReportedLease> Leases { get; init; } = [];

    /// <summary>Where the leases are recorded, as a sentence.</summary>
    public required string LeaseSource { get; init; }

    /// <summary>What could not be checked, or was not checked, as sentences.</summary>
    public IReadOnlyList<string> Gaps { get; init; } = [];

    /// <summary>The number of pods.</summary>
    public int PodCount => Namespaces.Sum(one => one.Pods);

    /// <summary>
    /// The pods without credentials by cause, most pods first. A key of null means that the cause is not known. Pods and workloads
    /// whose annotations are not a valid request are included.
    /// </summary>
    public IEnumerable<IGrouping<string?, PodGroup>> Causes => Pods.Where(pods => pods.IsStopped).GroupBy(pods => pods.Cause)
        .OrderByDescending(same => same.Sum(pods => pods.Pods.Count)).ThenBy(same => same.Key, StringComparer.Ordinal);

    /// <summary>Counts the findings of a severity.</summary>
    /// <param name="severity">The severity.</param>
    /// <returns>The number; pods of one template count once.</returns>
    public int CountOf(FindingSeverity severity) => Findings.Where(finding => finding.Severity == severity).Sum(finding => finding.Objects.Count);

    /// <summary>Counts the leases in a state.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The number.</returns>
    public int CountOf(LeaseState state) => Leases.Count(lease => lease.State == state);
}
