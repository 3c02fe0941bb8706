namespace KubeInject.Kubernetes.Objects;

/// <summary>A change of an object.</summary>
/// <param name="Type">The type of the change.</param>
/// <param name="Object">The object after the change; the last known state of a deleted object.</param>
internal sealed record KubeEvent(KubeEventType Type, KubeObject Object);

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
