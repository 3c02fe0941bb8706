namespace KubeInject.Kubernetes.Objects;

/// <summary>What has become of an object.</summary>
public enum KubeEventType
{
    /// <summary>It is there: from the start of the watch, or new.</summary>
    Added,

    /// <summary>It has changed.</summary>
    Modified,

    /// <summary>It is gone, or no longer among what the watch is about.</summary>
    Deleted,
}
