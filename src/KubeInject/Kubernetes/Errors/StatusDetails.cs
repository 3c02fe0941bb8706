namespace KubeInject.Kubernetes.Errors;

/// <summary>What a <c>Status</c> of the API server is about.</summary>
/// <param name="Group">The API group; null for the core group.</param>
/// <param name="Kind">The resource, as the server spells it here: <c>pods</c>; null where it names none.</param>
/// <param name="Name">The object's name; null where the server names none.</param>
public sealed record StatusDetails(string? Group, string? Kind, string? Name);
