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
    /// <summary>Escapes a text to one line: invisible characters, line breaks included, become <c>\u001b</c> and the like.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The escaped text; the same instance if there is nothing to escape.</returns>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = Escape(text, keepsLines: false);
        return escaped.Contains("::", StringComparison.Ordinal) ? LineCommand().Replace(escaped, @":\u003a") : escaped;
    }

    /// <summary>Escapes a text of several lines: line breaks and tabs stay. Only the first line may be a workflow command.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The escaped text; the same instance if there is nothing to escape.</returns>
    public static string EscapeLines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = Escape(text, keepsLines: true);
        return escaped.Contains("::", StringComparison.Ordinal) ? LineCommandAfterBreak().Replace(escaped, @":\u003a") : escaped;
    }

    private static string Escape(string text, bool keepsLines)
    {
        StringBuilder? escaped = null;
        var copied = 0;
        for (var at = 0; text.AsSpan(at).IndexOfAnyExceptInRange(' ', '~') is var visible and >= 0;)
        {
            at += visible;
            var isRune = Rune.TryGetRuneAt(text, at, out var rune);
            var end = at + (isRune ? rune.Utf16SequenceLength : 1);
            if (!isRune || (IsInvisible(rune) && !(keepsLines && text[at] is '\n' or '\t')))
            {
                escaped ??= new StringBuilder(text.Length + 64);
                escaped.Append(text, copied, at - copied);
                for (; at < end; at++)
                    escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}");
                copied = end;
            }

            at = end;
        }

        if (escaped is not null)
            text = escaped.Append(text, copied, text.Length - copied).ToString();
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
