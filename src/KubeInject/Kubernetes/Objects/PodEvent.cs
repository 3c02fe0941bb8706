namespace KubeInject.Kubernetes.Objects;

/// <summary>A change of a pod.</summary>
/// <param name="Type">The type of the change.</param>
/// <param name="Pod">The pod after the change; the last known state of a deleted pod.</param>
public sealed record PodEvent(KubeEventType Type, Pod Pod);
