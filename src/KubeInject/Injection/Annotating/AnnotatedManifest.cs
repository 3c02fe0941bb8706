namespace KubeInject.Injection.Annotating;

/// <summary>What became of a manifest.</summary>
public sealed record AnnotatedManifest
{
    /// <summary>The path as the caller gave it; null for text that came from no file.</summary>
    public required string? File { get; init; }

    /// <summary>One result per pod template, in the order of the text.</summary>
    public IReadOnlyList<AnnotationResult> Pods { get; init; } = [];

    /// <summary>Why the manifest as a whole came to nothing, in one line with the place; null where it did not.</summary>
    public string? Error { get; init => field = value is null ? null : DisplayText.Escape(value); }

    /// <summary>Whether anything in it failed.</summary>
    public bool HasFailed => Error is not null || Pods.Any(pod => pod.Status == AnnotationStatus.Failed);
}
