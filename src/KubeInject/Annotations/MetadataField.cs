namespace KubeInject.Annotations;

/// <summary>The metadata field that contains a key.</summary>
public enum MetadataField
{
    /// <summary><c>metadata.labels</c>.</summary>
    Label,

    /// <summary><c>metadata.annotations</c>.</summary>
    Annotation,
}
