using KubeInject.Annotations;

namespace KubeInject.Reports;

/// <summary>Pods of one template with the same requests and state, a single pod, or a workload whose annotations have no effect.</summary>
internal sealed record PodGroup
{
    /// <summary>The namespace of the pods.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name of the pod; for several pods, the common prefix of their names and a <c>*</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The names of the pods, in ordinal order.</summary>
    public required IReadOnlyList<string> Pods { get; init; }

    /// <summary>The state of the injection.</summary>
    public required InjectionState State { get; init; }

    /// <summary>Whether this is a workload, and not pods.</summary>
    public bool IsWorkload { get; init; }

    /// <summary>The code of the finding that explains why the pods have no credentials; null if they have credentials, or if the cause is not known.</summary>
    public string? Cause { get; init; }

    /// <summary>Whether the pods lack credentials that they request, or have annotations that are not a valid request because of an error.</summary>
    public bool IsStopped => State == InjectionState.Pending
        || (State != InjectionState.Injected && Findings.Any(finding => finding.Code == Cause && finding.Severity == FindingSeverity.Error));

    /// <summary>The result of the diagnosis; null if no pod of the group was checked in the cluster.</summary>
    public string? Verdict { get; init; }

    /// <summary>The requested databases.</summary>
    public IReadOnlyList<ReportedDatabase> Databases { get; init; } = [];

    /// <summary>The codes and severities of the findings, most severe first.</summary>
    public IReadOnlyList<(string Code, FindingSeverity Severity)> Findings { get; init; } = [];

    /// <summary>The group in one line.</summary>
    /// <returns>For example <c>shop/orders-5d4f*</c>.</returns>
    public override string ToString() => $"{Namespace}/{Name}";
}
