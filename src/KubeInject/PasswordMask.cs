using System.Text.RegularExpressions;

namespace KubeInject;

/// <summary>
/// Masks possible passwords in a connection URI, a connection string or similar text: the userinfo, and the values of
/// keywords such as <c>password</c>, <c>PWD</c> or <c>PSW</c> of any driver. If in doubt, it masks.
/// </summary>
/// <remarks>Each part of the regular expressions is bounded, so that no text makes them slow.</remarks>
internal static partial class PasswordMask
{
    private const string Mask = "****";

    // How many times a percent-encoded text is decoded.
    private const int MaxDecodings = 3;

    /// <summary>Masks passwords in a text.</summary>
    /// <param name="text">The text, in one line or several.</param>
    /// <returns>The masked text; the same instance if it contains no possible password.</returns>
    public static string Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var masked = text.Contains("://", StringComparison.Ordinal) ? string.Join('\n', text.Split('\n').Select(WithoutUserInfo)) : text;
        masked = masked.Contains('@', StringComparison.Ordinal) ? LeadingUser().Replace(masked, $"${{before}}{Mask}@") : masked;
        masked = Keyword().Replace(masked, match => IsPassword(match) ? $"{match.Groups["keyword"].Value}{Mask}" : match.Value);

        // A password that is encoded or broken into lines cannot be cut out, so the whole text is masked.
        return Decoded(masked).Append(Joined(masked)).Any(ContainsPassword) ? Mask : masked == text ? text : masked;
    }

    /// <summary>Removes userinfo, query and fragment from the address of a server if one of them may contain a password.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The address without them; the same instance if it contains no possible password.</returns>
    public static Uri Apply(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.IsAbsoluteUri && (address.UserInfo.Length > 0 || IsNeeded(address.OriginalString))
            ? new UriBuilder(address) { UserName = "", Password = "", Query = "", Fragment = "" }.Uri
            : address;
    }

    /// <summary>Returns whether a connection URI or connection string certainly contains a password. A username alone is not a password.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True if it contains a password, with or without percent-decoding.</returns>
    public static bool IsNeeded(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ContainsPassword(text) || Decoded(text).Append(Joined(text)).Any(ContainsPassword);
    }

    private static string Joined(string text) => text.ReplaceLineEndings("");

    // Up to the last @ of the line, because a password that is not encoded may contain one.
    private static string WithoutUserInfo(string line)
    {
        var start = line.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = line.LastIndexOf('@');
        return start < 3 || end < start || UserInfoPlaceholder().IsMatch(line.AsSpan(start, end - start)) ? line : $"{line[..start]}{Mask}{line[end..]}";
    }

    private static bool ContainsPassword(string text) => UserAndPassword().Matches(text).Any(match => !Placeholder().IsMatch(match.Groups["password"].Value))
        || Keyword().Matches(text).Any(IsPassword);

    private static bool IsPassword(Match keyword) =>
        keyword.Groups["value"].Value.Trim('"', '\'', ' ') is { Length: > 0 } value && !Masked().IsMatch(value) && !Placeholder().IsMatch(value);

    /// <summary>Decodes the text repeatedly until it no longer changes.</summary>
    private static IEnumerable<string> Decoded(string text)
    {
        for (var i = 0; i < MaxDecodings && text.Contains('%', StringComparison.Ordinal); i++)
        {
            var decoded = Uri.UnescapeDataString(text);
            if (decoded == text)
                yield break;
            yield return text = decoded;
        }
    }

    [GeneratedRegex(@"\A\*{4}(?:\z|[\s""'}\]])", RegexOptions.CultureInvariant)]
    private static partial Regex Masked();

    // Placeholders that an injector or the kubelet replaces with a username or password.
    [GeneratedRegex(@"\A(?:\{\{[^{}]{0,64}\}\}|\$\([-._a-zA-Z0-9]{1,128}\))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A(?:\{\{[^{}]{0,64}\}\}|\$\([-._a-zA-Z0-9]{1,128}\))?(?::(?:\{\{[^{}]{0,64}\}\}|\$\([-._a-zA-Z0-9]{1,128}\))?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfoPlaceholder();

    // Go drivers: user:password@tcp(db:3306). Oracle: jdbc:oracle:thin:scott/tiger@db.
    [GeneratedRegex(@"(?<before>\A|[\s""'])(?![a-zA-Z]:\\)(?:[^\s""'@:/]{1,128}:(?!//)|jdbc:oracle:[a-z0-9]{1,16}:[^\s""'@:/]{0,128}/)[^\s""'@]{1,256}@", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingUser();

    // A port is not a password: db:5432/orders?application_name=a@b.
    [GeneratedRegex(@"(?:\A|://|[\s""'])(?![a-zA-Z]:\\)[^\s""'@:/?#]{0,128}:(?!//|[0-9]{1,5}(?:[/?#,]|\z))(?<password>[^\s""'@]{1,256})@|jdbc:oracle:[a-z0-9]{1,16}:[^\s""'@:/]{0,128}/(?<password>[^\s""'@]{1,256})@", RegexOptions.CultureInvariant)]
    private static partial Regex UserAndPassword();

    // Keywords that contain such a word (sslpassword, trustStorePassword, client_secret), and short ones as a whole. The value
    // is quoted, or ends at a separator of keywords.
    [GeneratedRegex(
        @"(?<keyword>(?:(?:pass(?:word|wd|phrase|code)|pwd|psw|secret|token|credentials?|(?:api|access|account)[-_ ]?key)[-_a-zA-Z0-9]{0,24}|(?:\A|[^-_.a-zA-Z0-9])(?:pass|pw|sig))[ \t]{0,8}(?:=|[""'][ \t]{0,8}[:=])[ \t]{0,8})"
        + @"(?<value>""(?:[^""]|"""")*""?|'(?:[^'\\]|\\.|'')*'?|\{(?:[^}]|\}\})*\}?|[^;&\r\n]*)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Keyword();
}
