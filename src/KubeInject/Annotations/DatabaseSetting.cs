namespace KubeInject.Annotations;

/// <summary>What can stand after <c>&lt;db&gt;.</c> in a key.</summary>
internal static class DatabaseSetting
{
    public const string Role = "role";
    public const string Mode = "mode";
    public const string UsernameVariables = "env-key-dbuser";
    public const string PasswordVariables = "env-key-dbpassword";
    public const string UriVariables = "env-key-uri";
    public const string Template = "template";

    /// <summary>Of that injector's manual; its behaviour, and ours, is one list for the pod.</summary>
    public const string LegacyUuid = "uuid";

    /// <summary>A setting's name as it stands in a key.</summary>
    public static string NameOf(ReadOnlySpan<char> name) => name switch
    {
        Role => Role,
        Mode => Mode,
        UsernameVariables => UsernameVariables,
        PasswordVariables => PasswordVariables,
        UriVariables => UriVariables,
        Template => Template,
        LegacyUuid => LegacyUuid,
        _ => name.ToString(),
    };

    /// <summary>Whether a value can be meant for a setting, so that a misspelt key is not taken for another one than it is.</summary>
    public static bool IsPlausible(string setting, string value) => setting switch
    {
        Mode => value.Trim().ToUpperInvariant() is "CLASSIC" or "URI",
        Template => ConnectionUri.IsValid(value.Trim()),
        UsernameVariables or PasswordVariables or UriVariables => value.Split(',', StringSplitOptions.TrimEntries).All(VariableName.IsValid),
        _ => value.Trim() is { Length: > 0 } text && !text.Any(char.IsWhiteSpace) && !text.Contains("://", StringComparison.Ordinal),
    };

    public static bool IsKnown(string setting) =>
        setting is Role or Mode or UsernameVariables or PasswordVariables or UriVariables or Template or LegacyUuid;
}
