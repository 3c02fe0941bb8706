namespace KubeInject.Secrets;

/// <summary>A change of a Secret in the cluster. Keys and metadata that the change does not name are kept.</summary>
internal sealed record SecretChange
{
    /// <summary>The Secret's name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace; null for the namespace of the connection (default).</summary>
    public string? Namespace { get; init; }

    /// <summary>The required type of an existing Secret, and the type of a new Secret. Null accepts any type (default).</summary>
    public string? Type { get; init; }

    /// <summary>The type of a new Secret if <see cref="Type"/> is null. Default: <c>Opaque</c>.</summary>
    public string TypeIfNew { get; init; } = "Opaque";

    /// <summary>The values to write, by key.</summary>
    public IReadOnlyDictionary<string, SecretValue> Values { get; init; } = new Dictionary<string, SecretValue>();

    /// <summary>The metadata to set, by name. It is stored in annotations, so do not use it for secrets. A null value removes the metadata.</summary>
    public IReadOnlyDictionary<string, string?> Metadata { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether the Secret may already exist. Default: true.</summary>
    public bool MayExist { get; init; } = true;

    /// <summary>Whether the Secret is created if it does not exist. Default: true.</summary>
    public bool MayCreate { get; init; } = true;

    /// <summary>Whether to change a Secret that another component manages. Default: false.</summary>
    public bool Force { get; init; }
}
