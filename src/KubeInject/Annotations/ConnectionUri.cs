using System.Text.RegularExpressions;

namespace KubeInject.Annotations;

/// <summary>
/// Adds credentials to the template of a connection URI. Everything except the userinfo and placeholders is unchanged,
/// including references such as <c>$(DB_HOST)</c>, which the kubelet replaces.
/// </summary>
internal static partial class ConnectionUri
{
    private const string PlaceholderPattern = @"\{\{[ \t]*(user|password)[ \t]*\}\}";

    // Digits, or references that the kubelet replaces with digits.
    private const string Port = @"(?::(?:[0-9]|\$\([-._a-zA-Z0-9]+\))*)?";

    /// <summary>Returns whether <see cref="Fill"/> accepts a template: a URI with an authority.</summary>
    public static bool IsValid(string template) => FindUserInfo(template) is not null;

    /// <summary>Returns whether a template has the placeholders <c>{{user}}</c> or <c>{{password}}</c>.</summary>
    public static bool HasPlaceholders(string template) => Placeholder().IsMatch(template);

    /// <summary>Returns whether a template has a userinfo other than placeholders for the credentials.</summary>
    public static bool HasCustomUserInfo(string template) =>
        FindUserInfo(template) is { } userInfo && !UserInfoPlaceholder().IsMatch(template[userInfo]);

    /// <summary>Returns whether a template has only a scheme, without a host.</summary>
    public static bool IsSchemeAlone(string template) =>
        Scheme().Match(template) is { Success: true } scheme && template.AsSpan(scheme.Length).Trim(":@").IsEmpty;

    /// <summary>Returns the template without its userinfo. Unchanged if it has none, or is not a URI with an authority.</summary>
    public static string WithoutUserInfo(string template) =>
        FindUserInfo(template) is { } userInfo ? template.Remove(userInfo.Start.Value, userInfo.End.Value - userInfo.Start.Value) : template;

    /// <summary>Returns the hosts with their ports as text. Null if the template is not a URI with an authority.</summary>
    public static string? HostsOf(string template)
    {
        if (FindUserInfo(template) is not { } userInfo)
            return null;
        var hosts = template[userInfo.End..];
        return hosts.AsSpan().IndexOfAny("/?#") is var length and >= 0 ? hosts[..length] : hosts;
    }

    /// <summary>
    /// Replaces the userinfo of the template with the percent-encoded credentials (RFC 3986, section 3.2.1), and replaces its
    /// placeholders.
    /// </summary>
    /// <exception cref="ArgumentException">The template is not a URI. The message does not contain the template.</exception>
    public static string Fill(string template, string username, string password)
    {
        if (FindUserInfo(template) is not { } userInfo)
            throw new ArgumentException("The template is not a URI with a host.", nameof(template));
        var user = Uri.EscapeDataString(username);
        var secret = Uri.EscapeDataString(password);
        var rest = Placeholder().Replace(template[userInfo.End..], match => match.Groups[1].ValueSpan is "user" ? user : secret);
        return $"{template[..userInfo.Start]}{user}:{secret}@{rest}";
    }

    /// <summary>Returns the range of the userinfo, including <c>@</c>. Null if the template is not a URI with an authority.</summary>
    private static Range? FindUserInfo(string template)
    {
        var scheme = Scheme().Match(template);
        if (!scheme.Success)
            return null;
        var start = scheme.Length;
        var end = template.AsSpan(start).IndexOfAny("/?#") is var length and >= 0 ? start + length : template.Length;
        var host = start + template.AsSpan(start, end - start).LastIndexOf('@') + 1;

        // The userinfo is replaced, so only the rest has to be valid.
        var hosts = Placeholder().Replace(template[host..end], "x");
        var rest = Placeholder().Replace(template[end..], "x");
        return hosts.Length + rest.Length > 0 && Hosts().IsMatch(hosts) && UriText().IsMatch(hosts) && UriText().IsMatch(rest)
            ? start..host
            : null;
    }

    [GeneratedRegex(@"\A[a-zA-Z][-+.a-zA-Z0-9]*://", RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    // One or, for PostgreSQL and MongoDB, several hosts. Each is an IPv6 literal, an address of a Go driver such as
    // tcp(db:3306), or a name. A password with an unencoded '/' looks like an invalid port here, and is refused. The group is
    // atomic, because an address of a driver also matches as a name, and backtracking could take exponential time.
    [GeneratedRegex(
        @"\A(?>(?:\[[-.:%~_a-zA-Z0-9]+\]" + Port + @"|[a-z0-9]+\((?:[^()$,]|\$\([^()]*\))*\)|[^\[\]:,]*" + Port + @")(?:,|\z))*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Hosts();

    // In addition to RFC 3986, letters of other scripts and brackets in a query are allowed, because drivers accept both.
    [GeneratedRegex(@"\A(?:[^\s\p{Cc}\p{Cf}""<>\\^`{|}%]|%[0-9a-fA-F]{2})*\z", RegexOptions.CultureInvariant)]
    private static partial Regex UriText();

    [GeneratedRegex(PlaceholderPattern, RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A(?::?@|\{\{[ \t]*user[ \t]*\}\}(?::\{\{[ \t]*password[ \t]*\}\})?@)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfoPlaceholder();
}
