using KubeInject.Kubernetes;

namespace KubeInject.Annotations;

/// <summary>What a pod asks for by its annotations, and what is the matter with them.</summary>
public sealed record PodInjection
{
    /// <summary>The pod, or the workload with its pod template, that asks.</summary>
    public required PodTemplate Pod { get; init; }

    /// <summary>How far the injection has come.</summary>
    public required InjectionState State { get; init; }

    /// <summary>The databases, in ordinal order of their names.</summary>
    public IReadOnlyList<DatabaseInjection> Databases { get; init; } = [];

    /// <summary>What is the matter, errors first, then in ordinal order of the key.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Whether a finding stands in the way of the injection.</summary>
    public bool HasErrors => Findings.Any(finding => finding.Severity == FindingSeverity.Error);
}
