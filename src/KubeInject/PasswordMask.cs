using System.Text.RegularExpressions;

namespace KubeInject;

/// <summary>
/// Masks what may be a password in a connection URI, a connection string or similar text: the userinfo, and the values of
/// keywords such as <c>password</c>, <c>PWD</c> or <c>PSW</c> of any driver. If in doubt, it masks.
/// </summary>
/// <remarks>Each part of the regular expressions is bounded, so that no text makes them slow.</remarks>
public static partial class PasswordMask
{
    private const string Mask = "****";

    // How many times a percent-encoded text is decoded.
    private const int MostDecodings = 3;

    /// <summary>Masks passwords in a text.</summary>
    /// <param name="text">The text, in one line or several.</param>
    /// <returns>The masked text; the same instance if it holds nothing like a password.</returns>
    public static string Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var masked = text.Contains("://", StringComparison.Ordinal) ? string.Join('\n', text.Split('\n').Select(WithoutUserInfo)) : text;
        masked = masked.Contains('@', StringComparison.Ordinal) ? LeadingUser().Replace(masked, $"${{before}}{Mask}@") : masked;
        masked = Keyword().Replace(masked, match => IsPassword(match) ? $"{match.Groups["keyword"].Value}{Mask}" : match.Value);

        // A password that is encoded or broken into lines cannot be cut out, so the whole text is masked.
        return Decoded(masked).Append(Joined(masked)).Any(HoldsPassword) ? Mask : masked == text ? text : masked;
    }

    /// <summary>Removes userinfo, query and fragment from the address of a server if one of them may hold a password.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The address without them; the same instance if it holds nothing like a password.</returns>
    public static Uri Apply(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.IsAbsoluteUri && (address.UserInfo.Length > 0 || IsNeeded(address.OriginalString))
            ? new UriBuilder(address) { UserName = "", Password = "", Query = "", Fragment = "" }.Uri
            : address;
    }

    /// <summary>Tells whether a connection URI or connection string certainly holds a password. The name of a user alone is not one.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True if it holds one, as it is or after percent-decoding.</returns>
    public static bool IsNeeded(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return HoldsPassword(text) || Decoded(text).Append(Joined(text)).Any(HoldsPassword);
    }

    private static string Joined(string text) => text.ReplaceLineEndings("");

    // Up to the last @ of the line, because a password that is not encoded may contain one.
    private static string WithoutUserInfo(string line)
    {
        var start = line.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = line.LastIndexOf('@');
        return start < 3 || end < start || PlaceForUserInfo().IsMatch(line.AsSpan(start, end - start)) ? line : $"{line[..start]}{Mask}{line[end..]}";
    }

    private static bool HoldsPassword(string text) => UserAndPassword().Matches(text).Any(match => !Placeholder().IsMatch(match.Groups["password"].Value))
        || Keyword().Matches(text).Any(IsPassword);

    private static bool IsPassword(Match keyword) =>
        keyword.Groups["value"].Value.Trim('"', '\'', ' ') is { Length: > 0 } value && !Masked().IsMatch(value) && !Placeholder().IsMatch(value);

    /// <summary>Decodes the text again and again until it no longer changes.</summary>
    private static IEnumerable<string> Decoded(string text)
    {
        for (var i = 0; i < MostDecodings && text.Contains('%', StringComparison.Ordinal); i++)
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
    private static partial Regex PlaceForUserInfo();

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
