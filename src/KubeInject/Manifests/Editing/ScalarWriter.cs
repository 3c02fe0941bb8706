using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Annotations;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>Writes a string so that YAML 1.1, YAML 1.2 and JSON readers all read back just that string.</summary>
internal static partial class ScalarWriter
{
    // What YAML 1.1 readers, Kubernetes' own among them, take for something else than a string.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
    };

    /// <summary>Plain where nobody can take it for anything else, double-quoted otherwise.</summary>
    public static string Write(string value) => IsPlain(value) ? value : Quote(value);

    /// <summary>Whether it can stand without quotes: a word that starts with a letter.</summary>
    public static bool IsPlain(string value) => PlainWord().IsMatch(value) && !Reserved.Contains(value);

    /// <summary>Double-quoted, with the escapes that JSON and YAML have in common.</summary>
    public static string Quote(string value)
    {
        var quoted = new StringBuilder(value.Length + 2).Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
                quoted.Append(c).Append(value[++i]);
            else if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (c == '\n')
                quoted.Append("\\n");
            else if (NeedsEscape(c))
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Double-quoted, where nobody reads the document again that it is put into: what is not plain ASCII is read again by itself.</summary>
    /// <exception cref="ManifestException">It does not read back as it is.</exception>
    public static string QuoteChecked(string value)
    {
        var quoted = Quote(value);
        if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~')
            || (Manifest.ReadSingle(quoted) is ScalarNode { Style: ScalarStyle.DoubleQuoted } read && read.Value == value))
        {
            return quoted;
        }

        // The value is not told: it is a secret.
        throw new ManifestException(new SourceLocation(null, 1, 1), "The issued credentials contain characters that YAML cannot represent. Change the source so that it issues other characters.");
    }

    // Control characters, line breaks of YAML 1.1, byte order marks, non-characters, and half of a surrogate pair.
    private static bool NeedsEscape(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' or >= '\uFFFE' || char.IsSurrogate(c);

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_./-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainWord();
}
