using System.Text.RegularExpressions;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>One <c>vault:PATH#KEY#VERSION</c> in the value of a variable, as Bank-Vaults resolves it.</summary>
/// <param name="Path">The path in Vault.</param>
/// <param name="Key">The field, or a template of fields. Null if none is specified.</param>
/// <param name="IsVersioned">Whether a version is specified. A reference that writes has data instead of a version.</param>
/// <param name="IsWrite">Whether the reference writes to the path (<c>&gt;&gt;vault:</c>).</param>
internal sealed partial record VaultReference(string Path, string? Key, bool IsVersioned, bool IsWrite)
{
    private const string Read = "vault:";
    private const string Write = ">>vault:";

    /// <summary>Returns the references in a value. Text can contain several references.</summary>
    public static IReadOnlyList<VaultReference> In(string value) => IsText(value)
        ? [.. Inline().Matches(value).Select(match => Parse(match.Groups["reference"].Value))]
        : value.StartsWith(Read, StringComparison.Ordinal) || value.StartsWith(Write, StringComparison.Ordinal) ? [Parse(value)] : [];

    /// <summary>Returns the value with placeholders for username and password, if it refers to only one path.</summary>
    public static string WithPlaceholders(string value) => IsText(value)
        ? Inline().Replace(value, match => Parse(match.Groups["reference"].Value).Key is { } key ? InTemplate(key) ?? match.Value : match.Value)
        : Parse(value).Key is { } whole ? InTemplate(whole) ?? Fields().Replace(whole, match => InTemplate(match.Groups["field"].Value) ?? match.Value)
        : value;

    /// <summary>Returns whether a value does not refer to a path: encrypted text, or the token of the login.</summary>
    public static bool IsOther(VaultVariable variable) =>
        Transit().IsMatch(variable.Reference) || (variable.Name == "VAULT_TOKEN" && variable.Reference == "vault:login");

    /// <summary>The field, if the key is a field or a template with only one field. Null for other templates.</summary>
    public string? Field => Key is null ? null
        : !Key.Contains("${", StringComparison.Ordinal) ? Key
        : Fields().Match(Key) is { Success: true } match && match.Length == Key.Length ? match.Groups["field"].Value
        : null;

    /// <summary>Returns the path without template and data, which might contain a password.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Path;

    private static bool IsText(string value) => Inline().IsMatch(value);

    private static VaultReference Parse(string reference)
    {
        var isWrite = reference.StartsWith(Write, StringComparison.Ordinal);
        var parts = reference[(isWrite ? Write : Read).Length..].Split('#', 3);
        return new VaultReference(parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1] : null, parts.Length > 2 && !isWrite, isWrite);
    }

    private static string? InTemplate(string field) => field switch
    {
        "username" => CredentialVariables.User,
        "password" => CredentialVariables.Password,
        _ => null,
    };

    [GeneratedRegex(@"\$\{(?<reference>(>>)?vault:[^{}]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Inline();

    [GeneratedRegex(@"\$\{[ \t]*\.(?<field>[a-zA-Z_][a-zA-Z0-9_]*)([ \t]*\|[ \t]*urlquery)?[ \t]*\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Fields();

    [GeneratedRegex(@"\A(>>)?vault:v[0-9]+:", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Transit();
}
