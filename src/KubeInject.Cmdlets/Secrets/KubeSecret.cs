using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>A Secret of the cluster, as PowerShell takes secrets.</summary>
public sealed class KubeSecret
{
    private readonly string reference;

    internal KubeSecret(SecretContent content, bool asPlainText)
    {
        reference = content.ToString();
        Namespace = content.Namespace;
        Name = content.Name;
        Type = content.Type;
        Labels = content.Labels;
        CreationTimestamp = content.CreationTimestamp;
        Data = content.Values.ToDictionary(pair => pair.Key, pair => asPlainText ? (object)pair.Value.Reveal() : pair.Value.ToSecureString(), StringComparer.Ordinal);
        Keys = content.Values.Keys.Order(StringComparer.Ordinal).ToArray();
        Base64Keys = content.Base64Keys;
        Metadata = content.Metadata;
        Server = content.Server;
    }

    /// <summary>The Secret's namespace.</summary>
    public string? Namespace { get; }

    /// <summary>The Secret's name.</summary>
    public string Name { get; }

    /// <summary>What the Secret is for: <c>Opaque</c>, <c>kubernetes.io/tls</c>, ….</summary>
    public string Type { get; }

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>When the Secret was created.</summary>
    public DateTimeOffset? CreationTimestamp { get; }

    /// <summary>kubectl's column AGE at this moment: <c>5m10s</c>, <c>3d</c>; <c>&lt;unknown&gt;</c> where that is not known.</summary>
    public string Age => HumanDuration.Since(CreationTimestamp);

    /// <summary>The values by their keys: a SecureString each, or, on demand, a string.</summary>
    public IReadOnlyDictionary<string, object> Data { get; }

    /// <summary>The keys of the values, in order.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The keys of the values that are no text, or were given as bytes, and are therefore in base64.</summary>
    public IReadOnlyList<string> Base64Keys { get; }

    /// <summary>What was noted about the Secret, as Set-KubeSecret -Metadata does; nothing secret.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The API server that the Secret came from.</summary>
    public Uri? Server { get; }

    /// <summary>The Secret's reference, <c>shop/secret/orders</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => reference;
}
