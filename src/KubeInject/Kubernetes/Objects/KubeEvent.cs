namespace KubeInject.Kubernetes.Objects;

/// <summary>Something happened to an object.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after it; where it is gone, its last known state.</param>
public sealed record KubeEvent(KubeEventType Type, KubeObject Object);
