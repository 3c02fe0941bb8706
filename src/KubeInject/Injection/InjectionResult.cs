using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection;

/// <summary>The result of the injection of a pod template. Contains no secret except <see cref="Manifest"/>, which is masked.</summary>
public sealed record InjectionResult
{
    /// <summary>The pod, or the workload with its pod template.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>The position in the manifest, with a null file for text that is not from a file. Null for an object of a cluster.</summary>
    public required SourceLocation? Location { get; init; }

    /// <summary>The status of the injection.</summary>
    public required InjectionStatus Status { get; init; }

    /// <summary>The databases with issued or planned credentials, in the order of their names.</summary>
    public IReadOnlyList<InjectedDatabase> Databases { get; init => field = ReadableList.Of(value, database => database.Name); } = ReadableList<InjectedDatabase>.Empty;

    /// <summary>The containers that get the variables, init containers first.</summary>
    public IReadOnlyList<string> Containers { get; init => field = ReadableList.Of(value); } = ReadableList<string>.Empty;

    /// <summary>The findings of the annotations, with positions.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = ReadableList.Of(value, finding => finding.Code); } = ReadableList<Finding>.Empty;

    /// <summary>The reason for the failure, in one line. Null if the injection did not fail, or if it failed because of the findings.</summary>
    public string? Error { get; init => field = value is null ? null : DisplayText.Escape(value); }

    /// <summary>
    /// The document with the credentials, masked. Null if the pod template was not injected. For a pod that was deleted and
    /// could not be created again: the original document of the pod.
    /// </summary>
    public SensitiveString? Manifest { get; init; }

    /// <summary>The reason for the failure, in one line: the error, or the findings that prevent the injection. Empty if the injection did not fail.</summary>
    public string FailureText => Status != InjectionStatus.Failed ? "" : Error ?? string.Join(" ",
        Findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(finding => finding.ToString()));

    /// <summary>The prefix of error messages: the position and the object.</summary>
    internal string Place => Location is null ? $"{Object}" : $"{Location}: {Object}";
}
