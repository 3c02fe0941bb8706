namespace KubeInject.Kubernetes.Errors;

/// <summary>The object to which a <c>Status</c> of the API server refers.</summary>
/// <param name="Group">The API group; null for the core group.</param>
/// <param name="Kind">The resource as the server names it: <c>pods</c>; null if it is not specified.</param>
/// <param name="Name">The name of the object; null if it is not specified.</param>
public sealed record StatusDetails(string? Group, string? Kind, string? Name);
