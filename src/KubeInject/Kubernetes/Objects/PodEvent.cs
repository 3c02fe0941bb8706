namespace KubeInject.Kubernetes.Objects;

/// <summary>Something happened to a pod.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Pod">The pod after it; where it is gone, its last known state.</param>
public sealed record PodEvent(KubeEventType Type, Pod Pod);
