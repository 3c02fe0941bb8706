namespace KubeInject.Kubernetes.Configuration;

/// <summary>Reads fields of a mapping with the types that kubectl accepts.</summary>
internal static class KubeconfigFields
{
    /// <summary>
    /// Reads a single-line string that messages may show. A multi-line string could contain following fields by mistake,
    /// including secrets. Like kubectl, treats an empty string as missing.
    /// </summary>
    public static string? Text(this KubeconfigNode.Mapping mapping, string key)
    {
        var text = mapping.AnyText(key);
        return text?.AsSpan().IndexOfAny('\r', '\n') >= 0 ? throw mapping.Entries[key].Error($"{key} must be a single-line string.") : text;
    }

    public static string? AnyText(this KubeconfigNode.Mapping mapping, string key) => mapping.Field(key) is { } node ? AsText(node, key) : null;

    public static SensitiveString? Hidden(this KubeconfigNode.Mapping mapping, string key) => mapping.AnyText(key) is { } text ? new SensitiveString(text) : null;

    /// <summary>Reads and validates base64 data. As in kubectl, invalid data make the whole file unusable.</summary>
    public static string? Base64(this KubeconfigNode.Mapping mapping, string key, string entry)
    {
        var text = mapping.AnyText(key);
        return text is null || KubeconfigBase64.TryDecode(text) is not null ? text : throw mapping.Entries[key].Error($"{key} of {entry} is not base64.");
    }

    /// <summary>Reads a path. Rejects text that looks like the content of a file, because messages show paths.</summary>
    public static string? Path(this KubeconfigNode.Mapping mapping, string key, string entry)
    {
        var text = mapping.Text(key);
        return text is not null && (text.StartsWith("LS0t", StringComparison.Ordinal) || text.StartsWith("eyJ", StringComparison.Ordinal) || text.Contains("-----BEGIN", StringComparison.Ordinal))
            ? throw mapping.Entries[key].Error($"{key} of {entry} must be the path of a file, but looks like the content of a file.")
            : text;
    }

    public static bool Flag(this KubeconfigNode.Mapping mapping, string key) => mapping.Field(key) switch
    {
        null => false,
        KubeconfigNode.Scalar { Kind: KubeconfigScalar.Boolean } flag => KubeconfigScalars.IsTrue(flag.Value),
        var other => throw other.Error($"{key} must be true or false, without quotes."),
    };

    public static KubeconfigNode.Mapping? Mapping(this KubeconfigNode.Mapping mapping, string key) =>
        mapping.Field(key) is { } node ? AsMapping(node, key) : null;

    public static IReadOnlyList<KubeconfigNode> List(this KubeconfigNode.Mapping mapping, string key) => mapping.Field(key) switch
    {
        null => [],
        KubeconfigNode.Sequence list => list.Items,
        var other => throw other.Error($"{key} must be a list."),
    };

    public static IReadOnlyList<string> Texts(this KubeconfigNode.Mapping mapping, string key) =>
        [.. mapping.List(key).Select(item => item.IsNull ? "" : AsText(item, $"An entry of {key}") ?? "")];

    /// <summary>Reads the items of a list, which must be mappings. An empty item has no fields.</summary>
    public static IEnumerable<KubeconfigNode.Mapping> Mappings(this KubeconfigNode.Mapping mapping, string key) =>
        mapping.List(key).Select(item => item.IsNull ? new KubeconfigNode.Mapping(item.File, item.Start, new Dictionary<string, KubeconfigNode>()) : AsMapping(item, $"An entry of {key}"));

    public static KubeconfigNode? Field(this KubeconfigNode.Mapping mapping, string key) =>
        mapping.Entries.TryGetValue(key, out var node) && !node.IsNull ? node : null;

    private static string? AsText(KubeconfigNode node, string what) => node switch
    {
        KubeconfigNode.Scalar { Kind: KubeconfigScalar.Text } scalar => scalar.Value.Length == 0 ? null : scalar.Value,
        KubeconfigNode.Scalar => throw node.Error($"{what} must be a string; put it in quotes."),
        _ => throw node.Error($"{what} must be a string."),
    };

    private static KubeconfigNode.Mapping AsMapping(KubeconfigNode node, string what) =>
        node as KubeconfigNode.Mapping ?? throw node.Error($"{what} must be a mapping.");
}
