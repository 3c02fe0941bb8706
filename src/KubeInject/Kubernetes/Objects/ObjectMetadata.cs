namespace KubeInject.Kubernetes.Objects;

/// <summary>The metadata of an object in a cluster: identity, labels and annotations.</summary>
/// <remarks>Missing values are null or empty.</remarks>
public sealed class ObjectMetadata
{
    /// <summary>The kind: <c>Pod</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace; null for a cluster-scoped object.</summary>
    public string? Namespace { get; init; }

    /// <summary>The UID, which differs from that of an earlier object with the same name.</summary>
    public string? Uid { get; init; }

    /// <summary>The creation time of the object.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>The current age; null if the creation time is unknown. Views show it like kubectl: <c>5m10s</c>, <c>3d</c>.</summary>
    public TimeSpan? Age => DateTimeOffset.UtcNow - CreationTimestamp;

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init => field = ReadableDictionary.Of(value); } = ReadableDictionary.Empty;

    /// <summary>The annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = ReadableDictionary.Of(value); } = ReadableDictionary.Empty;

    /// <summary>The API server that sent the object; null for none.</summary>
    public Uri? Server { get; init; }

    /// <summary>Gets a pod template without a spec from the metadata of a pod, for the injection.</summary>
    internal PodTemplate ToTemplate() => new()
    {
        Object = new ObjectReference(Kind, Namespace, Name),
        Labels = Labels,
        Annotations = Annotations,
        Server = Server,
        HasSpec = false,
    };

    /// <summary>The reference of the object, <c>shop/pod/orders-1</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => new ObjectReference(Kind, Namespace, Name).ToString();
}
