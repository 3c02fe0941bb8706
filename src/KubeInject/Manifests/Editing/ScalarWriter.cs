using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Annotations;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>Writes strings so that YAML 1.1, YAML 1.2 and JSON parsers read the same string.</summary>
internal static partial class ScalarWriter
{
    // YAML 1.1 parsers, including the parser of Kubernetes, do not read these words as strings.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
    };

    /// <summary>Writes a plain scalar if all parsers read it as a string, and a double-quoted scalar otherwise.</summary>
    public static string Write(string value) => IsPlain(value) ? value : Quote(value);

    /// <summary>Returns whether a string needs no quotes: a word that starts with a letter.</summary>
    public static bool IsPlain(string value) => PlainWord().IsMatch(value) && !Reserved.Contains(value);

    /// <summary>Writes a double-quoted scalar with escapes that are valid in JSON and YAML.</summary>
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

    /// <summary>Writes a double-quoted scalar for a document that is not verified again. A value that is not printable ASCII is parsed to verify it.</summary>
    /// <exception cref="ManifestException">YAML cannot represent the value.</exception>
    public static string QuoteChecked(string value)
    {
        var quoted = Quote(value);
        if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~')
            || (Manifest.ReadSingle(quoted) is ScalarNode { Style: ScalarStyle.DoubleQuoted } read && read.Value == value))
        {
            return quoted;
        }

        // The message must not contain the value, which is a secret.
        throw new ManifestException(new SourceLocation(null, 1, 1), "The issued credentials contain characters that YAML cannot represent. Change the source so that it issues other characters.");
    }

    // Control characters, line breaks of YAML 1.1, byte order marks, non-characters, and half of a surrogate pair.
    private static bool NeedsEscape(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' or >= '\uFFFE' || char.IsSurrogate(c);

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_./-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainWord();
}
