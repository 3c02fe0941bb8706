namespace KubeInject.Kubernetes.Connection;

/// <summary>Whether the user of a connection has a right.</summary>
public sealed record AccessRight
{
    /// <summary>What is done: <c>list</c>, <c>create</c>, ….</summary>
    public required string Verb { get; init; }

    /// <summary>With what: <c>pods</c>, <c>serviceaccounts/token</c>, <c>deployments.apps</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>In which namespace; null for what lives in none.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether it is allowed; null where the server does not say.</summary>
    public bool? Allowed { get; init; }

    /// <summary>Why, in the server's words; null where it does not say.</summary>
    public string? Reason { get; init; }

    /// <summary>The right and the answer: <c>list pods: allowed</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Verb} {Resource}: {Allowed switch { true => "allowed", false => "not allowed", null => "unknown" }}";
}
