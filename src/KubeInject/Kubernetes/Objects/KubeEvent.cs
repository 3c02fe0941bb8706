namespace KubeInject.Kubernetes.Objects;

/// <summary>A change of an object.</summary>
/// <param name="Type">The type of the change.</param>
/// <param name="Object">The object after the change; the last known state of a deleted object.</param>
internal sealed record KubeEvent(KubeEventType Type, KubeObject Object);
