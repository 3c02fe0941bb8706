namespace KubeInject.Injection.Annotating;

/// <summary>What became of the labels and annotations of a pod template.</summary>
public enum AnnotationStatus
{
    /// <summary>They are as they were.</summary>
    Unchanged,

    /// <summary>They would change; nothing was written.</summary>
    Planned,

    /// <summary>They have changed.</summary>
    Changed,

    /// <summary>They cannot be changed as asked; the document they stand in is as it was.</summary>
    Failed,
}
