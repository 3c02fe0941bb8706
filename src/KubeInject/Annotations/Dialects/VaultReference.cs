using System.Text.RegularExpressions;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>One <c>vault:PATH#KEY#VERSION</c> in the value of a variable, as Bank-Vaults resolves it.</summary>
/// <param name="Path">The path in Vault.</param>
/// <param name="Key">The field, or a template of fields; null where none is given.</param>
/// <param name="IsVersioned">Whether a version is given. What is written has data in its place.</param>
/// <param name="IsWrite">Whether the path is written to (<c>&gt;&gt;vault:</c>), and not read.</param>
internal sealed partial record VaultReference(string Path, string? Key, bool IsVersioned, bool IsWrite)
{
    private const string Read = "vault:";
    private const string Write = ">>vault:";

    /// <summary>The references in a value: several where it is text with references in it.</summary>
    public static IReadOnlyList<VaultReference> In(string value) => IsText(value)
        ? [.. Inline().Matches(value).Select(match => Parse(match.Groups["reference"].Value))]
        : value.StartsWith(Read, StringComparison.Ordinal) || value.StartsWith(Write, StringComparison.Ordinal) ? [Parse(value)] : [];

    /// <summary>The value with the places of username and password in it, for the one path that it refers to.</summary>
    public static string WithPlaceholders(string value) => IsText(value)
        ? Inline().Replace(value, match => Parse(match.Groups["reference"].Value).Key is { } key ? InTemplate(key) ?? match.Value : match.Value)
        : Parse(value).Key is { } whole ? InTemplate(whole) ?? Fields().Replace(whole, match => InTemplate(match.Groups["field"].Value) ?? match.Value)
        : value;

    /// <summary>Whether a value is no place in Vault by itself: what the webhook resolves of its own, encrypted text and the login's token.</summary>
    public static bool IsOther(VaultVariable variable) =>
        Transit().IsMatch(variable.Reference) || (variable.Name == "VAULT_TOKEN" && variable.Reference == "vault:login");

    /// <summary>The field that is wanted, where the key is one, or a template of one alone; null for other templates.</summary>
    public string? Field => Key is null ? null
        : !Key.Contains("${", StringComparison.Ordinal) ? Key
        : Fields().Match(Key) is { Success: true } match && match.Length == Key.Length ? match.Groups["field"].Value
        : null;

    /// <summary>The reference without its template and data: a password may stand in these.</summary>
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
