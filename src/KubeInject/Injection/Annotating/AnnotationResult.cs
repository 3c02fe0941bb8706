using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Annotating;

/// <summary>What became of the labels and annotations of one pod template. Holds no secret.</summary>
public sealed record AnnotationResult
{
    /// <summary>The pod, or the workload with its pod template.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>Where it stands, the file being null for text that came from no file; null for an object of the cluster.</summary>
    public required SourceLocation? Location { get; init; }

    /// <summary>The file that it stands in; null for what came from no file.</summary>
    public string? File => Location?.File;

    /// <summary>What became of it.</summary>
    public required AnnotationStatus Status { get; init; }

    /// <summary>What was done, or would be, one sentence each.</summary>
    public IReadOnlyList<string> Changes { get; init => field = value.Select(DisplayText.Escape).ToArray(); } = [];

    /// <summary>
    /// The lines that differ, as a unified diff without lines around them. What may be a password in a URI is masked.
    /// Empty where none differ.
    /// </summary>
    public string Diff { get; init; } = "";

    /// <summary>What could not be done, or is to be known, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = value.Select(DisplayText.Escape).ToArray(); } = [];

    /// <summary>What is the matter with it afterwards.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Why it failed, in one line with the place; null where it did not.</summary>
    public string? Error { get; init => field = value is null ? null : DisplayText.Escape(value); }

    /// <summary>What an error about it begins with.</summary>
    internal string Place => Location is null ? $"{Object}" : $"{Location}: {Object}";
}
