namespace KubeInject.Kubernetes.Objects;

/// <summary>A reference to an owner of an object.</summary>
/// <param name="ApiVersion">The API version: <c>apps/v1</c>.</param>
/// <param name="Kind">The kind: <c>ReplicaSet</c>.</param>
/// <param name="Name">The name of the owner.</param>
/// <param name="Uid">The UID of the owner.</param>
/// <param name="Controller">Whether the owner is the managing controller of the object.</param>
public sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool Controller);
