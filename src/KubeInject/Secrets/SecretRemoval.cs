namespace KubeInject.Secrets;

/// <summary>What is to be removed: a Secret of the cluster, or keys of one.</summary>
public sealed record SecretRemoval
{
    /// <summary>The Secret's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace; null for that of the connection (default).</summary>
    public string? Namespace { get; init; }

    /// <summary>The keys to be removed; the Secret stays, with what else it holds. Empty for the whole Secret (default).</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Whether a Secret is removed that something else looks after. Default: false.</summary>
    public bool Force { get; init; }
}
