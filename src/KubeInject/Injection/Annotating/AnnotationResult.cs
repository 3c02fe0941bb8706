using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Annotating;

/// <summary>The result of changing the labels and annotations of a pod template. Contains no secret.</summary>
public sealed record AnnotationResult
{
    /// <summary>The pod, or the workload with its pod template.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>The position in the manifest, with a null file for text that is not from a file. Null for an object of a cluster.</summary>
    public required SourceLocation? Location { get; init; }

    /// <summary>The path of the manifest. Null if the object is not from a file.</summary>
    public string? File => Location?.File;

    /// <summary>The status of the change.</summary>
    public required AnnotationStatus Status { get; init; }

    /// <summary>The changes or, for a dry run, the planned changes. One sentence for each.</summary>
    public IReadOnlyList<string> Changes { get; init => field = ReadableList.Of(value.Select(DisplayText.Escape), separator: " "); } = ReadableList<string>.Empty;

    /// <summary>
    /// The changed lines, as a unified diff without context lines. Possible passwords are masked. Empty if there are no
    /// changes.
    /// </summary>
    public string Diff { get; init; } = "";

    /// <summary>What could not be done, or what the user has to know. One sentence for each.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ReadableList.Of(value.Select(DisplayText.Escape), separator: " "); } = ReadableList<string>.Empty;

    /// <summary>The findings after the change.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = ReadableList.Of(value, finding => finding.Code); } = ReadableList<Finding>.Empty;

    /// <summary>The reason for the failure, in one line with the position. Null if the change did not fail.</summary>
    public string? Error { get; init => field = value is null ? null : DisplayText.Escape(value); }

    /// <summary>The prefix of error messages: the position and the object.</summary>
    internal string Place => Location is null ? $"{Object}" : $"{Location}: {Object}";
}
