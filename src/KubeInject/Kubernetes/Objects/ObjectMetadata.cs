namespace KubeInject.Kubernetes.Objects;

/// <summary>The metadata of an object of a cluster: what tells it from others, its labels and its annotations.</summary>
/// <remarks>Whatever is missing reads as empty.</remarks>
public sealed class ObjectMetadata
{
    /// <summary>The kind: <c>Pod</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace; null for an object that lives in none.</summary>
    public string? Namespace { get; init; }

    /// <summary>What tells the object from an earlier one of the same name.</summary>
    public string? Uid { get; init; }

    /// <summary>When the object was created.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>kubectl's column AGE at this moment: <c>5m10s</c>, <c>3d</c>; <c>&lt;unknown&gt;</c> where that is not known.</summary>
    public string Age => HumanDuration.Since(CreationTimestamp);

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = None;

    /// <summary>The annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = None;

    /// <summary>The API server that the object came from; null for one that came from none.</summary>
    public Uri? Server { get; init; }

    internal static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    /// <summary>What a pod's metadata says of it, for the injection.</summary>
    internal PodTemplate ToTemplate() => new()
    {
        Object = new ObjectReference(Kind, Namespace, Name),
        Labels = Labels,
        Annotations = Annotations,
        Server = Server,
        HasSpec = false,
    };

    /// <summary>The object's reference, <c>shop/pod/orders-1</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => new ObjectReference(Kind, Namespace, Name).ToString();
}
