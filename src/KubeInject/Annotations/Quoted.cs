using System.Buffers;
using System.Globalization;

namespace KubeInject.Annotations;

/// <summary>Puts text of the pod's author into a finding: on one line, of bounded length, without a password.</summary>
internal static class Quoted
{
    // A key that the API server accepts has 93 characters at most.
    private const int LongestKey = 120;
    private const int LongestValue = 64;

    // What a connection string has and no name of a variable or mode: its value may hold a password.
    private static readonly SearchValues<char> ConnectionStringMarks = SearchValues.Create(":@/%=");

    public static string Key(string key) =>
        key.Length > LongestKey ? $"'{OneLine(key[..LongestKey])}…'" : $"'{OneLine(key)}'";

    public static string Value(string value) =>
        value.Length > LongestValue || value.AsSpan().ContainsAny(ConnectionStringMarks)
            ? "(not shown, for it may hold a password)"
            : $"'{OneLine(value)}'";

    /// <summary>The text with a mark in place of whatever would end the line or turn its direction around.</summary>
    public static string OneLine(string text)
    {
        foreach (var character in text)
        {
            if (!IsPrintable(character))
                return string.Create(text.Length, text, static (target, source) =>
                {
                    for (var i = 0; i < source.Length; i++)
                        target[i] = IsPrintable(source[i]) ? source[i] : '\uFFFD';
                });
        }

        return text;
    }

    private static bool IsPrintable(char character) => char.GetUnicodeCategory(character)
        is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
