namespace KubeInject.Injection.Annotating;

/// <summary>The status of a change of labels and annotations.</summary>
public enum AnnotationStatus
{
    /// <summary>There are no changes.</summary>
    Unchanged,

    /// <summary>The changes are planned. Nothing was written.</summary>
    Planned,

    /// <summary>The changes were written.</summary>
    Changed,

    /// <summary>The change failed. The document is unchanged.</summary>
    Failed,
}
