using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>A Secret of the cluster, with its values as SecureStrings or strings.</summary>
public sealed class KubeSecret
{
    /// <summary>The Secret's namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>The Secret's name.</summary>
    public required string Name { get; init; }

    /// <summary>The type of the Secret, for example <c>Opaque</c> (default) or <c>kubernetes.io/tls</c>.</summary>
    public string Type { get; init; } = "Opaque";

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init => field = ReadableDictionary.Of(value); } = ReadableDictionary.Empty;

    /// <summary>The time when the Secret was created; null if it is not known.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>The current age; null if the creation time is not known. Views show it as kubectl does, for example <c>5m10s</c> or <c>3d</c>.</summary>
    public TimeSpan? Age => DateTimeOffset.UtcNow - CreationTimestamp;

    /// <summary>The values by key: SecureStrings, or strings if -AsPlainText is specified.</summary>
    public IReadOnlyDictionary<string, object> Data { get; init => field = new Values(value); } = new Values([]);

    /// <summary>The keys of the values, sorted.</summary>
    public IReadOnlyList<string> Keys => ReadableList.Of(Data.Keys.Order(StringComparer.Ordinal));

    /// <summary>The keys of the values that are in base64, because they are not text or were set as bytes.</summary>
    public IReadOnlyList<string> Base64Keys { get; init => field = ReadableList.Of(value); } = ReadableList<string>.Empty;

    /// <summary>The metadata that Set-KubeSecret -Metadata wrote. It is not secret.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = ReadableDictionary.Of(value); } = ReadableDictionary.Empty;

    /// <summary>The API server that returned the Secret.</summary>
    public Uri? Server { get; init; }

    /// <summary>Returns the reference of the Secret, for example <c>shop/secret/orders</c>.</summary>
    /// <returns>The reference in one line.</returns>
    public override string ToString() => new ObjectReference("Secret", Namespace, Name).ToString();

    /// <summary>Creates the output of a Secret that was read.</summary>
    internal static KubeSecret Of(SecretContent content, bool asPlainText) => new()
    {
        Namespace = content.Namespace,
        Name = content.Name,
        Type = content.Type,
        Labels = content.Labels,
        CreationTimestamp = content.CreationTimestamp,
        Data = content.Values.ToDictionary(pair => pair.Key, pair => asPlainText ? (object)pair.Value.Reveal() : pair.Value.ToSecureString(), StringComparer.Ordinal),
        Base64Keys = content.Base64Keys,
        Metadata = content.Metadata,
        Server = content.Server,
    };

    /// <summary>The values of a Secret. As text, they are only the keys.</summary>
    private sealed class Values(IEnumerable<KeyValuePair<string, object>> values) : Dictionary<string, object>(values, StringComparer.Ordinal)
    {
        public override string ToString() => string.Join(", ", Keys);
    }
}
