namespace KubeInject.Kubernetes.Connection;

/// <summary>A permission of the user of a connection.</summary>
public sealed record AccessRight
{
    /// <summary>The verb: <c>list</c>, <c>create</c>, ….</summary>
    public required string Verb { get; init; }

    /// <summary>The resource: <c>pods</c>, <c>serviceaccounts/token</c>, <c>deployments.apps</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>The namespace; null for a cluster-scoped resource.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether the action is allowed; null if the server did not answer.</summary>
    public bool? Allowed { get; init; }

    /// <summary>The reason that the server returned; null if it returned none.</summary>
    public string? Reason { get; init; }

    /// <summary>The permission and the result: <c>list pods: allowed</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Verb} {Resource}: {Allowed switch { true => "allowed", false => "not allowed", null => "unknown" }}";
}
