using System.Text;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>What a Secret of the cluster holds. Shows none of the values.</summary>
/// <remarks>Leaves out all annotations but its metadata: where <c>kubectl apply</c> made the Secret, one of them holds all its values.</remarks>
public sealed record SecretContent
{
    /// <summary>The type of Secrets that hold <c>username</c> and <c>password</c>.</summary>
    public const string BasicAuthType = "kubernetes.io/basic-auth";

    /// <summary>What the annotations begin with that are a Secret's <see cref="Metadata"/>.</summary>
    public const string MetadataPrefix = "metadata.kubeinject.io/";

    /// <summary>The annotation that names the keys, with commas between them, whose values were given as bytes. Bytes can happen to be UTF-8, too.</summary>
    public const string BinaryKeysAnnotation = "kubeinject.io/binary-keys";

    // Throws for what is not UTF-8, where the usual one would put marks in its place.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The Secret's name.</summary>
    public required string Name { get; init; }

    /// <summary>The Secret's namespace; null for a document that names none.</summary>
    public string? Namespace { get; init; }

    /// <summary>What the Secret is for: <c>Opaque</c>, <c>kubernetes.io/tls</c>, ….</summary>
    public required string Type { get; init; }

    /// <summary>The labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>When the Secret was created; null for a document that does not say.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>The values by their keys. Those of <see cref="Base64Keys"/> are in base64, as the API has them; the others are text.</summary>
    public required IReadOnlyDictionary<string, SensitiveString> Values { get; init; }

    /// <summary>What people have noted about the Secret; nothing secret.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The keys of the values that are no UTF-8 text, or were given as bytes.</summary>
    public required IReadOnlyList<string> Base64Keys { get; init; }

    /// <summary>The API server that the Secret came from; null for one that was read from a document.</summary>
    public Uri? Server { get; init; }

    /// <summary>Reads a Secret from its document.</summary>
    /// <param name="secret">The Secret as the API server sent it.</param>
    /// <returns>What it holds.</returns>
    public static SecretContent Read(KubeObject secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var document = secret.ToElement();
        var metadata = document.Get("metadata");
        var values = new Dictionary<string, SensitiveString>(StringComparer.Ordinal);
        var annotations = metadata.Get("annotations").Texts();
        var bytes = BinaryKeys(annotations);
        var binary = new List<string>();
        foreach (var (key, base64) in document.Get("data").Texts())
        {
            var text = bytes.Contains(key) ? null : Decode(base64);
            values[key] = new SensitiveString(text ?? base64);
            if (text is null)
                binary.Add(key);
        }

        return new SecretContent
        {
            Name = secret.Name,
            Namespace = secret.Namespace,
            Type = document.Text("type") is { Length: > 0 } type ? type : "Opaque",
            Labels = metadata.Get("labels").Texts(),
            CreationTimestamp = metadata.Time("creationTimestamp"),
            Values = values,
            Metadata = annotations
                .Where(annotation => annotation.Key.StartsWith(MetadataPrefix, StringComparison.Ordinal))
                .ToDictionary(annotation => annotation.Key[MetadataPrefix.Length..], annotation => annotation.Value, StringComparer.Ordinal),
            Base64Keys = binary,
            Server = secret.Server,
        };
    }

    /// <summary>The Secret's reference, <c>shop/secret/orders</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => new ObjectReference("Secret", Namespace, Name).ToString();

    /// <summary>The keys whose values were given as bytes, as the annotations say.</summary>
    internal static IReadOnlySet<string> BinaryKeys(IReadOnlyDictionary<string, string> annotations) =>
        annotations.GetValueOrDefault(BinaryKeysAnnotation, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);

    private static string? Decode(string base64)
    {
        try
        {
            return Strict.GetString(Convert.FromBase64String(base64));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
