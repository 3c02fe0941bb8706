namespace KubeInject.Annotations.Dialects;

/// <summary>The annotations of a pod for a secret of the Vault Agent.</summary>
/// <param name="name">The name of the secret in the keys.</param>
internal sealed class VaultAgentSecret(string name)
{
    private readonly SortedDictionary<string, string> settings = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>The path of the secret. Null if there is none.</summary>
    public string? Path => Text(VaultAgentKeys.Secret);

    /// <summary>The template. Null if there is none.</summary>
    public string? Template => Text(VaultAgentKeys.Template);

    /// <summary>Whether the pod requests the secret, with a path or a template.</summary>
    public bool IsRequested => Path is not null || Template is not null || Text(VaultAgentKeys.TemplateFile) is not null;

    /// <summary>The complete keys, in ordinal order.</summary>
    public IEnumerable<string> Keys => settings.Keys.Select(Key);

    /// <summary>Whether the template has custom delimiters.</summary>
    public bool HasCustomDelimiters => settings.ContainsKey("agent-template-left-delim") || settings.ContainsKey("agent-template-right-delim");

    public IEnumerable<string> Settings => settings.Keys;

    public bool Has(string setting) => settings.ContainsKey(setting);

    public void Add(string setting, string value) => settings[setting] = value;

    public string Key(string setting) => $"{DialectKey.VaultAgentPrefix}{setting}-{name}";

    public string? Text(string setting) => settings.TryGetValue(setting, out var value) ? DatabaseKeys.TextOf(value) : null;
}
