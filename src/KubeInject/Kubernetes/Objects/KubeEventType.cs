namespace KubeInject.Kubernetes.Objects;

/// <summary>The type of a change of an object.</summary>
public enum KubeEventType
{
    /// <summary>The object exists at the start of the watch, or was created.</summary>
    Added,

    /// <summary>The object has changed.</summary>
    Modified,

    /// <summary>The object was deleted or is no longer selected by the watch.</summary>
    Deleted,
}
