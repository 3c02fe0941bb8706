namespace KubeInject.Annotations.Dialects;

/// <summary>What a pod's annotations say of one secret of the Vault Agent.</summary>
/// <param name="name">The secret's name, as it stands in the keys.</param>
internal sealed class VaultAgentSecret(string name)
{
    private readonly SortedDictionary<string, string> settings = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>The path that the annotation names; null where there is none.</summary>
    public string? Path => Text(VaultAgentKeys.Secret);

    /// <summary>The template; null where there is none.</summary>
    public string? Template => Text(VaultAgentKeys.Template);

    /// <summary>Whether the Vault Agent makes anything of the secret: by its path, or by a template.</summary>
    public bool IsAskedFor => Path is not null || Template is not null || Text(VaultAgentKeys.TemplateFile) is not null;

    /// <summary>The whole keys, in ordinal order.</summary>
    public IEnumerable<string> Keys => settings.Keys.Select(Key);

    /// <summary>Whether the template has other delimiters than templates have where nothing is said.</summary>
    public bool HasOwnDelimiters => settings.ContainsKey("agent-template-left-delim") || settings.ContainsKey("agent-template-right-delim");

    public IEnumerable<string> Settings => settings.Keys;

    public bool Has(string setting) => settings.ContainsKey(setting);

    public void Add(string setting, string value) => settings[setting] = value;

    public string Key(string setting) => $"{DialectKey.VaultAgentPrefix}{setting}-{name}";

    public string? Text(string setting) => settings.TryGetValue(setting, out var value) ? DatabaseKeys.TextOf(value) : null;
}
