using System.Text;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>The content of a Secret in the cluster. The values are masked.</summary>
/// <remarks>Omits all annotations except the metadata, because <c>kubectl apply</c> stores all values of a Secret in an annotation.</remarks>
internal sealed record SecretContent
{
    /// <summary>The type of Secrets with <c>username</c> and <c>password</c>.</summary>
    public const string BasicAuthType = "kubernetes.io/basic-auth";

    /// <summary>The type of Secrets with any keys, and of Secrets without a type.</summary>
    public const string OpaqueType = "Opaque";

    /// <summary>The prefix of the annotations that store the <see cref="Metadata"/> of a Secret.</summary>
    public const string MetadataPrefix = "metadata.kubeinject.io/";

    /// <summary>The annotation with the comma-separated keys whose values were specified as bytes. It is needed because bytes can also be valid UTF-8.</summary>
    public const string BinaryKeysAnnotation = "kubeinject.io/binary-keys";

    // Throws for invalid UTF-8 instead of inserting replacement characters.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The name of the Secret.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace of the Secret; null if the document has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The type of the Secret: <c>Opaque</c>, <c>kubernetes.io/tls</c>, ….</summary>
    public required string Type { get; init; }

    /// <summary>The labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The creation time of the Secret; null if the document has none.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>The values by key. The values of <see cref="Base64Keys"/> are base64; the others are text.</summary>
    public required IReadOnlyDictionary<string, SensitiveString> Values { get; init; }

    /// <summary>The metadata that users have set for the Secret. Not secret.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The keys whose values are not UTF-8 text or were specified as bytes.</summary>
    public required IReadOnlyList<string> Base64Keys { get; init; }

    /// <summary>The API server that sent the Secret; null if it was read from a document.</summary>
    public Uri? Server { get; init; }

    /// <summary>Reads a Secret from its document.</summary>
    /// <param name="secret">The Secret as the API server sent it.</param>
    /// <returns>The content.</returns>
    public static SecretContent Read(KubeObject secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var document = secret.ToElement();
        var metadata = document.Get("metadata");
        var values = new Dictionary<string, SensitiveString>(StringComparer.Ordinal);
        var annotations = metadata.Get("annotations").Texts();
        var binaryKeys = BinaryKeys(annotations);
        var base64Keys = new List<string>();
        foreach (var (key, base64) in document.Get("data").Texts())
        {
            var text = binaryKeys.Contains(key) ? null : Decode(base64);
            values[key] = new SensitiveString(text ?? base64);
            if (text is null)
                base64Keys.Add(key);
        }

        return new SecretContent
        {
            Name = secret.Name,
            Namespace = secret.Namespace,
            Type = document.Text("type") is { Length: > 0 } type ? type : OpaqueType,
            Labels = metadata.Get("labels").Texts(),
            CreationTimestamp = metadata.Time("creationTimestamp"),
            Values = values,
            Metadata = annotations
                .Where(annotation => annotation.Key.StartsWith(MetadataPrefix, StringComparison.Ordinal))
                .ToDictionary(annotation => annotation.Key[MetadataPrefix.Length..], annotation => annotation.Value, StringComparer.Ordinal),
            Base64Keys = base64Keys,
            Server = secret.Server,
        };
    }

    /// <summary>Whether the Secret can contain a credential: its type is <see cref="BasicAuthType"/> or <see cref="OpaqueType"/>.</summary>
    public bool IsCredentialType => Type is BasicAuthType or OpaqueType;

    /// <summary>The reference of the Secret, <c>shop/secret/orders</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => new ObjectReference("Secret", Namespace, Name).ToString();

    /// <summary>Gets the keys whose values were specified as bytes, from the annotations.</summary>
    internal static IReadOnlySet<string> BinaryKeys(IReadOnlyDictionary<string, string> annotations) =>
        annotations.GetValueOrDefault(BinaryKeysAnnotation, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);

    private static string? Decode(string base64)
    {
        try
        {
            return StrictUtf8.GetString(Convert.FromBase64String(base64));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
