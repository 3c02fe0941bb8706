using System.Text.RegularExpressions;

namespace KubeInject.Secrets;

/// <summary>Checks names against the rules of Kubernetes before a request is sent.</summary>
internal static partial class SecretNames
{
    public static void CheckName(string name)
    {
        if (!IsName(name))
            throw Invalid($"'{name}' is not a valid Secret name. Use lowercase letters, digits, '-' and '.', and begin and end with a letter or digit.");
    }

    public static void CheckKey(string name, string key)
    {
        if (!KeyPattern().IsMatch(key) || key.Length > 253 || key is "." or "..")
            throw Invalid($"'{key}' is not a valid key for the Secret {name}. Use letters, digits, '-', '_' and '.'.");
    }

    public static void CheckMetadataName(string name, string metadataName)
    {
        if (!MetadataNamePattern().IsMatch(metadataName) || metadataName.Length > 63)
            throw Invalid($"'{metadataName}' is not a valid metadata name for the Secret {name}. Use at most 63 letters, digits, '-', '_' and '.', and begin and end with a letter or digit.");
    }

    /// <summary>Returns whether a name is a valid Secret name (a DNS subdomain).</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= 253 && NamePattern().IsMatch(name);

    private static SecretWriteException Invalid(string message) => new(SecretRefusal.InvalidName, message);

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"^[a-zA-Z0-9]([-._a-zA-Z0-9]*[a-zA-Z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex MetadataNamePattern();
}
