using System.Buffers;

namespace KubeInject.Annotations;

/// <summary>Puts text of the pod's author into a finding: on one line, of bounded length, without a password.</summary>
internal static class Redaction
{
    // A key that the API server accepts has 93 characters at most.
    private const int LongestKey = 120;
    private const int LongestValue = 64;

    // What a connection string has and no name of a variable or mode: its value may hold a password.
    private static readonly SearchValues<char> ConnectionStringMarks = SearchValues.Create(":@/%=");

    public static string Key(string key) =>
        key.Length > LongestKey ? $"'{Shown(key[..LongestKey])}…'" : $"'{Shown(key)}'";

    public static string Value(string value) =>
        value.Length > LongestValue || value.AsSpan().ContainsAny(ConnectionStringMarks)
            ? "(not shown because it might contain a password)"
            : $"'{OneLine(value)}'";

    /// <summary>The text in one line, with invisible characters escaped.</summary>
    public static string OneLine(string text) => DisplayText.Escape(text);

    private static string Shown(string key) => OneLine(PasswordMask.Apply(key));
}
