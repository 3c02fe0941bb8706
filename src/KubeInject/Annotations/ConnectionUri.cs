using System.Text.RegularExpressions;

namespace KubeInject.Annotations;

/// <summary>
/// Puts credentials into the template of a connection URI. What is not userinfo or a placeholder stays as it is,
/// references of the kubelet such as <c>$(DB_HOST)</c> included.
/// </summary>
internal static partial class ConnectionUri
{
    private const string PlaceholderPattern = @"\{\{[ \t]*(user|password)[ \t]*\}\}";

    // Digits, or references that the kubelet puts digits in place of.
    private const string Port = @"(?::(?:[0-9]|\$\([-._a-zA-Z0-9]+\))*)?";

    /// <summary>Whether <see cref="Fill"/> can put credentials into a template: a URI with an authority.</summary>
    public static bool IsValid(string template) => FindUserInfo(template) is not null;

    /// <summary>Whether a template has the placeholders <c>{{user}}</c> or <c>{{password}}</c>.</summary>
    public static bool HasPlaceholders(string template) => Placeholder().IsMatch(template);

    /// <summary>Whether a template has a userinfo that is more than the place for the credentials.</summary>
    public static bool HasUserInfoOfItsOwn(string template) =>
        FindUserInfo(template) is { } userInfo && !PlaceForUserInfo().IsMatch(template[userInfo]);

    /// <summary>Whether there is a scheme and nothing behind it, no more than a place for the userinfo.</summary>
    public static bool IsSchemeAlone(string template) =>
        Scheme().Match(template) is { Success: true } scheme && template.AsSpan(scheme.Length).Trim(":@").IsEmpty;

    /// <summary>The template with no userinfo; unchanged where it has none, or is no URI with an authority.</summary>
    public static string WithoutUserInfo(string template) =>
        FindUserInfo(template) is { } userInfo ? template.Remove(userInfo.Start.Value, userInfo.End.Value - userInfo.Start.Value) : template;

    /// <summary>What stands where the hosts do, with their ports; null for what is not a URI with an authority.</summary>
    public static string? HostsOf(string template)
    {
        if (FindUserInfo(template) is not { } userInfo)
            return null;
        var hosts = template[userInfo.End..];
        return hosts.AsSpan().IndexOfAny("/?#") is var length and >= 0 ? hosts[..length] : hosts;
    }

    /// <summary>
    /// The template with the credentials as its userinfo, percent-encoded (RFC 3986, section 3.2.1), in place of whatever
    /// userinfo it has, and with its placeholders filled.
    /// </summary>
    /// <exception cref="ArgumentException">The template is not a URI. The message does not repeat it.</exception>
    public static string Fill(string template, string username, string password)
    {
        if (FindUserInfo(template) is not { } userInfo)
            throw new ArgumentException("The template is not a URI with a host.", nameof(template));
        var user = Uri.EscapeDataString(username);
        var secret = Uri.EscapeDataString(password);
        var rest = Placeholder().Replace(template[userInfo.End..], match => match.Groups[1].ValueSpan is "user" ? user : secret);
        return $"{template[..userInfo.Start]}{user}:{secret}@{rest}";
    }

    /// <summary>Where the userinfo stands, its <c>@</c> included; null for what is not a URI with an authority.</summary>
    private static Range? FindUserInfo(string template)
    {
        var scheme = Scheme().Match(template);
        if (!scheme.Success)
            return null;
        var start = scheme.Length;
        var end = template.AsSpan(start).IndexOfAny("/?#") is var length and >= 0 ? start + length : template.Length;
        var host = start + template.AsSpan(start, end - start).LastIndexOf('@') + 1;

        // Userinfo is replaced, so only what stays has to be sound.
        var hosts = Placeholder().Replace(template[host..end], "x");
        var rest = Placeholder().Replace(template[end..], "x");
        return hosts.Length + rest.Length > 0 && Hosts().IsMatch(hosts) && UriText().IsMatch(hosts) && UriText().IsMatch(rest)
            ? start..host
            : null;
    }

    [GeneratedRegex(@"\A[a-zA-Z][-+.a-zA-Z0-9]*://", RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    // One host or, as PostgreSQL and MongoDB have it, several; each an IPv6 literal, a Go driver's address such as
    // tcp(db:3306), or a name. A password with a bare '/' in it ends up as a port here, and is refused. Atomic, because a
    // driver's address reads as a name as well, and a pod's author must not make the match try all combinations.
    [GeneratedRegex(
        @"\A(?>(?:\[[-.:%~_a-zA-Z0-9]+\]" + Port + @"|[a-z0-9]+\((?:[^()$,]|\$\([^()]*\))*\)|[^\[\]:,]*" + Port + @")(?:,|\z))*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Hosts();

    // Beyond RFC 3986 it lets pass letters of other scripts, and brackets in a query: drivers take both.
    [GeneratedRegex(@"\A(?:[^\s\p{Cc}\p{Cf}""<>\\^`{|}%]|%[0-9a-fA-F]{2})*\z", RegexOptions.CultureInvariant)]
    private static partial Regex UriText();

    [GeneratedRegex(PlaceholderPattern, RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A(?::?@|\{\{[ \t]*user[ \t]*\}\}(?::\{\{[ \t]*password[ \t]*\}\})?@)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlaceForUserInfo();
}
