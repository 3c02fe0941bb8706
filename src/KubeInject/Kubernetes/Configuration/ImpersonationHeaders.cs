using System.Net;
using System.Text;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Writes the impersonation headers of a request.</summary>
/// <remarks>
/// The API server requires a separate header line for each group and treats a comma as a part of the name. .NET
/// writes several values into one header line. So the values are joined with a separator, which the encoding of the
/// header replaces by a new header line. HTTP/2 has no header lines, so such a request uses HTTP/1.1.
/// </remarks>
internal static class ImpersonationHeaders
{
    /// <summary>The prefix of the header names.</summary>
    public const string Prefix = "Impersonate-";

    private const string ExtraPrefix = "Impersonate-Extra-";

    // Values contain no control characters, see Check.
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

    /// <exception cref="ConfigurationException">A value is not allowed in a header.</exception>
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

    /// <summary>Gets the encoding of header values: UTF-8, like kubectl.</summary>
    public static Encoding EncodingOf(string name, HttpRequestMessage request) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? new RepeatedHeaderEncoding(name, Separator) : Encoding.UTF8;

    /// <summary>Percent-encodes characters that are not allowed in a header name, and the percent sign.</summary>
    private static string EscapeKey(string key) => string.Concat(
        Encoding.UTF8.GetBytes(key).Select(letter => char.IsAsciiLetterOrDigit((char)letter) || "!#$&'*+-.^_`|~".Contains((char)letter, StringComparison.Ordinal) ? $"{(char)letter}" : $"%{letter:X2}"));
}
