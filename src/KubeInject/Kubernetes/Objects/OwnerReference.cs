namespace KubeInject.Kubernetes.Objects;

/// <summary>The object that a pod belongs to.</summary>
/// <param name="ApiVersion">Its API version: <c>apps/v1</c>.</param>
/// <param name="Kind">Its kind: <c>ReplicaSet</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its uid.</param>
/// <param name="Controller">Whether it manages the pod, and does not merely own it.</param>
public sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool Controller);
