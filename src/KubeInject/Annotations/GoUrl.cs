using System.Buffers;
using System.Text.RegularExpressions;

namespace KubeInject.Annotations;

/// <summary>The rules of the package <c>net/url</c> of Go, with which the in-cluster injector parses templates.</summary>
internal static partial class GoUrl
{
    private static readonly SearchValues<char> UserInfoCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:~!$&'()*+,;=%@");

    /// <summary>Returns whether Go parses a URI with an authority.</summary>
    public static bool CanParse(string template)
    {
        if (template.Any(character => character is < ' ' or '\u007f') || Scheme().Match(template) is not { Success: true } scheme)
            return false;
        var (url, fragment) = Cut(template[scheme.Length..], '#');
        var beforeQuery = Cut(url, '?').Before;
        var (authority, path) = Cut(beforeQuery, '/');
        var at = authority.LastIndexOf('@');
        var userInfo = at < 0 ? "" : authority[..at];
        return IsHost(authority[(at + 1)..]) && !userInfo.AsSpan().ContainsAnyExcept(UserInfoCharacters)
            && HasValidEscapes(userInfo) && HasValidEscapes(path) && HasValidEscapes(fragment);
    }

    private static bool IsHost(string host)
    {
        var end = host.StartsWith('[') ? host.LastIndexOf(']') : -1;
        if (host.StartsWith('[') && end < 0)
            return false;
        var port = end >= 0 ? host[(end + 1)..] : host.LastIndexOf(':') is var colon and >= 0 ? host[colon..] : "";
        return Port().IsMatch(port) && HostText().IsMatch(host);
    }

    private static bool HasValidEscapes(string text) => !InvalidEscape().IsMatch(text);

    private static (string Before, string After) Cut(string text, char separator) =>
        text.IndexOf(separator, StringComparison.Ordinal) is var index and >= 0 ? (text[..index], text[(index + 1)..]) : (text, "");

    [GeneratedRegex(@"\A[a-zA-Z][-+.a-zA-Z0-9]*://", RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"\A(?::[0-9]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Port();

    // Only characters above ASCII are percent-encoded in a host.
    [GeneratedRegex(@"\A(?:[-_.~!$&'()*+,;=:\[\]<>""a-zA-Z0-9\u0080-\uffff]|%25|%[89a-fA-F][0-9a-fA-F])*\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostText();

    [GeneratedRegex("%(?![0-9a-fA-F]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex InvalidEscape();
}
