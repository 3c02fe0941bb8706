namespace KubeInject.Secrets;

/// <summary>A removal of a Secret in the cluster or of some of its keys.</summary>
internal sealed record SecretRemoval
{
    /// <summary>The Secret's name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace; null for the namespace of the connection (default).</summary>
    public string? Namespace { get; init; }

    /// <summary>The keys to remove; the Secret and its other keys are kept. Empty removes the whole Secret (default).</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Whether to remove a Secret that another component manages. Default: false.</summary>
    public bool Force { get; init; }
}
