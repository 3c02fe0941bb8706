using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KubeInject;

/// <summary>
/// Escapes text for a terminal, a log or a CI run. Names and messages come from manifests, clusters and servers. None of them
/// may control the terminal, change the writing direction, be invisible, start a new line, or be a workflow command.
/// </summary>
/// <remarks>Properties keep the original value; the cmdlets and the program escape text when they print it. Escaping an escaped text does not change it.</remarks>
internal static partial class DisplayText
{
    // Characters to escape, and the halves of surrogate pairs, which have to be checked individually.
    private static readonly SearchValues<char> Suspects =
        SearchValues.Create([.. Enumerable.Range(0, 0x10000).Select(code => (char)code).Where(character => char.IsSurrogate(character) || IsInvisible(new Rune(character)))]);

    private static readonly SearchValues<char> SuspectsInLines =
        SearchValues.Create([.. Enumerable.Range(0, 0x10000).Select(code => (char)code).Where(character => character is not ('\n' or '\t') && (char.IsSurrogate(character) || IsInvisible(new Rune(character))))]);

    /// <summary>Escapes a text to one line: invisible characters, line breaks included, become <c>\u001b</c> and the like.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The escaped text; the same instance if there is nothing to escape.</returns>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = Escape(text, Suspects);
        return escaped.Contains("::", StringComparison.Ordinal) ? LineCommand().Replace(escaped, @":\u003a") : escaped;
    }

    /// <summary>Escapes a text of several lines: line breaks and tabs stay. Only the first line may be a workflow command.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The escaped text; the same instance if there is nothing to escape.</returns>
    public static string EscapeLines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = Escape(text, SuspectsInLines);
        return escaped.Contains("::", StringComparison.Ordinal) ? LineCommandAfterBreak().Replace(escaped, @":\u003a") : escaped;
    }

    private static string Escape(string text, SearchValues<char> suspects)
    {
        var first = text.AsSpan().IndexOfAny(suspects);
        if (first >= 0)
        {
            var escaped = new StringBuilder(text, 0, first, text.Length + 64);
            for (var i = first; i < text.Length; i++)
            {
                var isPair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
                if (!suspects.Contains(text[i]) || (isPair && !IsInvisible(new Rune(text[i], text[i + 1]))))
                {
                    escaped.Append(text[i]);
                    if (isPair)
                        escaped.Append(text[++i]);
                }
                else
                {
                    escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
                    if (isPair)
                        escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[++i]:x4}");
                }
            }

            // An escape is longer than its character.
            text = escaped.Length == text.Length ? text : escaped.ToString();
        }

        return text.Contains("##", StringComparison.Ordinal) ? AnywhereCommand().Replace(text, @"#\u0023") : text;
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || IsIgnorable(rune.Value);

    // Other characters with the property Default_Ignorable_Code_Point (https://www.unicode.org/reports/tr44/), and noncharacters.
    private static bool IsIgnorable(int code) => code
        is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2065 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0
        or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF)
        || (code & 0xFFFE) == 0xFFFE;

    // GitHub Actions: ::error file=a,line=1::text at the start of a line, which can be anywhere once a table or list wraps.
    // Text that may be a part of an IPv6 address is not one.
    [GeneratedRegex(@"::(?![0-9a-fA-F]{1,4}(?![-a-zA-Z]))(?=[a-zA-Z][-a-zA-Z]{0,40}(?:::|[ \t]))", RegexOptions.CultureInvariant)]
    private static partial Regex LineCommand();

    [GeneratedRegex(@"(?<=\n[ \t]{0,64})::(?![0-9a-fA-F]{1,4}(?![-a-zA-Z]))(?=[a-zA-Z][-a-zA-Z]{0,40}(?:::|[ \t]))", RegexOptions.CultureInvariant)]
    private static partial Regex LineCommandAfterBreak();

    // Other runners: ##[error]text, ##vso[task.logissue]text, ##teamcity[message].
    [GeneratedRegex(@"##(?=[a-zA-Z]*\[)", RegexOptions.CultureInvariant)]
    private static partial Regex AnywhereCommand();

    /// <summary>Wraps a text at spaces. A word that is longer than the width has a separate line.</summary>
    internal static List<string> Wrap(string text, int width)
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length == 0)
                lines[^1] = word;
            else if (lines[^1].Length + 1 + word.Length <= width)
                lines[^1] += $" {word}";
            else
                lines.Add(word);
        }

        return lines;
    }
}
