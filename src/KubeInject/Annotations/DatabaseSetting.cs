namespace KubeInject.Annotations;

/// <summary>The settings after <c>&lt;db&gt;.</c> in a key.</summary>
internal static class DatabaseSetting
{
    public const string Role = "role";
    public const string Mode = "mode";
    public const string UsernameVariables = "env-key-dbuser";
    public const string PasswordVariables = "env-key-dbpassword";
    public const string UriVariables = "env-key-uri";
    public const string Template = "template";

    /// <summary>From the manual of the in-cluster injector. That injector and KubeInject write one list for the pod instead.</summary>
    public const string LegacyUuid = "uuid";

    /// <summary>Returns the name of a setting. Known names are not allocated.</summary>
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

    /// <summary>Returns whether a value is plausible for a setting, so that a misspelled key is not corrected to the wrong setting.</summary>
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
