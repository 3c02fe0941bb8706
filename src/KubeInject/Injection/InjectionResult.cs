using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection;

/// <summary>What became of one pod template. Holds no secret.</summary>
public sealed record InjectionResult
{
    /// <summary>The pod, or the workload with its pod template.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>Where it stands, the file being null for text that came from no file; null for an object of the cluster.</summary>
    public required SourceLocation? Location { get; init; }

    /// <summary>What became of it.</summary>
    public required InjectionStatus Status { get; init; }

    /// <summary>What was issued, or would be, by database in the order of their names.</summary>
    public IReadOnlyList<InjectedDatabase> Databases { get; init; } = [];

    /// <summary>The containers that got the variables, init containers first.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>What is the matter with its annotations, with the place of each.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Why it failed, in one line; null where it did not, and where the findings tell.</summary>
    public string? Error { get; init => field = value is null ? null : DisplayText.Escape(value); }

    /// <summary>
    /// The document with the credentials in it, masked; null unless the pod template was injected. Of a pod that was
    /// deleted and could not be created again: the document to create it from as it was.
    /// </summary>
    public SensitiveString? Manifest { get; init; }

    /// <summary>Why it failed, in one line: the error, or the findings that stand in the way. Empty where it did not fail.</summary>
    public string FailureText => Status != InjectionStatus.Failed ? "" : Error ?? string.Join(" ",
        Findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(finding => finding.ToString()));

    /// <summary>What an error about it begins with.</summary>
    internal string Place => Location is null ? $"{Object}" : $"{Location}: {Object}";
}
