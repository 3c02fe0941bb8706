using System.Buffers;
using System.Globalization;
using System.Text;

namespace KubeInject.Annotations;

/// <summary>Finds characters that are invisible or look like a space or a quotation mark. Names and YAML syntax never contain them.</summary>
internal static class InvisibleCharacter
{
    private static readonly Dictionary<int, string> Names = new()
    {
        [0x00A0] = "NO-BREAK SPACE",
        [0x00AD] = "SOFT HYPHEN",
        [0x2003] = "EM SPACE",
        [0x2007] = "FIGURE SPACE",
        [0x2009] = "THIN SPACE",
        [0x200B] = "ZERO WIDTH SPACE",
        [0x200C] = "ZERO WIDTH NON-JOINER",
        [0x200D] = "ZERO WIDTH JOINER",
        [0x200E] = "LEFT-TO-RIGHT MARK",
        [0x200F] = "RIGHT-TO-LEFT MARK",
        [0x2018] = "LEFT SINGLE QUOTATION MARK",
        [0x2019] = "RIGHT SINGLE QUOTATION MARK",
        [0x201A] = "SINGLE LOW-9 QUOTATION MARK",
        [0x201C] = "LEFT DOUBLE QUOTATION MARK",
        [0x201D] = "RIGHT DOUBLE QUOTATION MARK",
        [0x201E] = "DOUBLE LOW-9 QUOTATION MARK",
        [0x202F] = "NARROW NO-BREAK SPACE",
        [0x2060] = "WORD JOINER",
        [0x3000] = "IDEOGRAPHIC SPACE",
        [0xFEFF] = "ZERO WIDTH NO-BREAK SPACE",
    };

    /// <summary>Returns the index of the first such character, or -1.</summary>
    public static int Find(ReadOnlySpan<char> text)
    {
        for (var at = 0; text[at..].IndexOfAnyExceptInRange(' ', '~') is var visible and >= 0;)
        {
            at += visible;
            if (Rune.DecodeFromUtf16(text[at..], out var rune, out var length) == OperationStatus.Done && Is(rune))
                return at;
            at += length;
        }

        return -1;
    }

    /// <summary>Returns the text without such characters.</summary>
    public static string Remove(string text)
    {
        while (Find(text) is var at && at >= 0)
            text = text.Remove(at, char.IsHighSurrogate(text[at]) ? 2 : 1);
        return text;
    }

    /// <summary>Returns the code point and the name of a character, for example "U+00A0 NO-BREAK SPACE".</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">The index of the character.</param>
    public static string Describe(string text, int at)
    {
        var rune = Rune.GetRuneAt(text, at);
        var name = Names.GetValueOrDefault(rune.Value) ?? (IsSpace(rune) ? "(a space character)" : Rune.IsControl(rune) ? "(a control character)" : "(an invisible character)");
        return string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4} {name}");
    }

    private static bool Is(Rune rune) => rune.Value is not ('\t' or '\r' or '\n')
        && (Names.ContainsKey(rune.Value) || IsSpace(rune) || Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format);

    private static bool IsSpace(Rune rune) =>
        rune.Value != ' ' && Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
