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

    public static bool IsKnown(string setting) =>
        setting is Role or Mode or UsernameVariables or PasswordVariables or UriVariables or Template or LegacyUuid;
}
