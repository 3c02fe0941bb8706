using System.Text;

namespace KubeInject.Kubernetes;

/// <summary>What a Secret of the cluster holds. Shows none of the values.</summary>
/// <remarks>Leaves the annotations out: where <c>kubectl apply</c> made the Secret, one of them holds all its values.</remarks>
public sealed record SecretContent
{
    /// <summary>The type of Secrets that hold <c>username</c> and <c>password</c>.</summary>
    public const string BasicAuthType = "kubernetes.io/basic-auth";

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
    public required IReadOnlyDictionary<string, Secret> Values { get; init; }

    /// <summary>The keys of the values that are no UTF-8 text.</summary>
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
        var values = new Dictionary<string, Secret>(StringComparer.Ordinal);
        var binary = new List<string>();
        foreach (var (key, base64) in document.Get("data").Texts())
        {
            var text = Decode(base64);
            values[key] = new Secret(text ?? base64);
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
            Base64Keys = binary,
            Server = secret.Server,
        };
    }

    /// <summary>The Secret's reference, <c>shop/secret/orders</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => new ObjectReference("Secret", Namespace, Name).ToString();

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
