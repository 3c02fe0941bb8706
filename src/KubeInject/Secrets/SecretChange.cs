namespace KubeInject.Secrets;

/// <summary>What is to be changed of a Secret of the cluster. Keys and metadata that it does not name stay as they are.</summary>
public sealed record SecretChange
{
    /// <summary>The Secret's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace; null for that of the connection (default).</summary>
    public string? Namespace { get; init; }

    /// <summary>The type that it has to have, or to get if it is new; null for any (default).</summary>
    public string? Type { get; init; }

    /// <summary>The type that it gets if it is new and <see cref="Type"/> is null. Default: <c>Opaque</c>.</summary>
    public string TypeIfNew { get; init; } = "Opaque";

    /// <summary>The values to be written, by their keys.</summary>
    public IReadOnlyDictionary<string, SecretValue> Values { get; init; } = new Dictionary<string, SecretValue>();

    /// <summary>What to note about the Secret, by name, as annotations; null takes a note away. Nothing secret.</summary>
    public IReadOnlyDictionary<string, string?> Metadata { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether the Secret may be there already. Default: true.</summary>
    public bool MayExist { get; init; } = true;

    /// <summary>Whether the Secret may be made, if there is none. Default: true.</summary>
    public bool MayCreate { get; init; } = true;

    /// <summary>Whether a Secret is changed that something else looks after. Default: false.</summary>
    public bool Force { get; init; }
}
