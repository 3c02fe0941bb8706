namespace KubeInject.Annotations;

/// <summary>The two kinds of key and value that an object's metadata has.</summary>
public enum MetadataField
{
    /// <summary><c>metadata.labels</c>.</summary>
    Label,

    /// <summary><c>metadata.annotations</c>.</summary>
    Annotation,
}
