namespace KubeInject.Injection.Annotating;

/// <summary>The result of changing the annotations of a manifest.</summary>
internal sealed record AnnotatedManifest
{
    /// <summary>The path as the caller specified it. Null if the text is not from a file.</summary>
    public required string? File { get; init; }

    /// <summary>One result per pod template, in the order of the text.</summary>
    public IReadOnlyList<AnnotationResult> Pods { get; init; } = [];

    /// <summary>The reason why the whole manifest failed, in one line with the position. Null if it did not fail.</summary>
    public string? Error { get; init => field = value is null ? null : DisplayText.Escape(value); }

    /// <summary>The reasons why documents, which might request credentials, could not be read. Each is one line with the position.</summary>
    public IReadOnlyList<string> DocumentErrors { get; init; } = [];

    /// <summary>Whether the manifest or any of its documents or pod templates failed.</summary>
    public bool HasFailed => Error is not null || DocumentErrors.Count > 0 || Pods.Any(pod => pod.Status == AnnotationStatus.Failed);
}
