using System.Net;
using System.Text;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Writes in whose place a request is made.</summary>
/// <remarks>
/// The API server wants each group in a header of its own, and takes a comma for a part of the name. The platform
/// writes several values into one header. So they go as one value with separators, and the encoding of that value
/// makes header lines of it; HTTP/2 has no lines, so that such a request goes by HTTP/1.1.
/// </remarks>
internal static class ImpersonationHeaders
{
    /// <summary>How the name of every such header begins.</summary>
    public const string Prefix = "Impersonate-";

    private const string ExtraPrefix = "Impersonate-Extra-";

    // Values hold no control characters, see Check.
    private const char Separator = '\u001F';

    public static void Apply(HttpRequestMessage request, Impersonation impersonation)
    {
        Add("Impersonate-User", [impersonation.User]);
        if (impersonation.Uid is not null)
            Add("Impersonate-Uid", [impersonation.Uid]);
        Add("Impersonate-Group", impersonation.Groups);
        foreach (var (key, values) in impersonation.Extra)
            Add($"{ExtraPrefix}{EscapeKey(key)}", values);

        void Add(string name, IReadOnlyList<string> values)
        {
            if (values.Count == 0)
                return;
            request.Headers.TryAddWithoutValidation(name, string.Join(Separator, values));
            if (values.Count == 1)
                return;
            request.Version = HttpVersion.Version11;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }
    }

    /// <exception cref="ConfigurationException">A name fits in no header.</exception>
    public static void Check(Impersonation impersonation)
    {
        if (string.IsNullOrEmpty(impersonation.User))
            throw new ConfigurationException("An impersonation must specify a user.");
        string?[] texts = [impersonation.User, impersonation.Uid, .. impersonation.Groups, .. impersonation.Extra.Values.SelectMany(values => values)];
        if (texts.Any(text => text is not null && text.Any(char.IsControl)))
            throw new ConfigurationException("A name, uid, group or extra value of an impersonation contains a control character, which is not allowed in a header.");
        if (impersonation.Extra.Keys.Any(string.IsNullOrEmpty))
            throw new ConfigurationException("An extra value of an impersonation has no key.");
    }

    /// <summary>The encoding of a header's value: UTF-8, as kubectl sends the names of users.</summary>
    public static Encoding EncodingOf(string name, HttpRequestMessage request) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? new RepeatedHeaderEncoding(name, Separator) : Encoding.UTF8;

    /// <summary>Percent-encodes what may not stand in the name of a header, and the percent sign itself.</summary>
    private static string EscapeKey(string key) => string.Concat(
        Encoding.UTF8.GetBytes(key).Select(letter => char.IsAsciiLetterOrDigit((char)letter) || "!#$&'*+-.^_`|~".Contains((char)letter, StringComparison.Ordinal) ? $"{(char)letter}" : $"%{letter:X2}"));
}
