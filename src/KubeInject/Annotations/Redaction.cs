using System.Buffers;

namespace KubeInject.Annotations;

/// <summary>Prepares text from a pod for a message: on one line, with limited length, without passwords.</summary>
internal static class Redaction
{
    // A key that the API server accepts has 93 characters at most.
    private const int LongestKey = 120;
    private const int LongestValue = 64;

    // Characters of connection strings that are not in names of variables or modes. Such a value might contain a password.
    private static readonly SearchValues<char> ConnectionStringMarks = SearchValues.Create(":@/%=");

    public static string Key(string key) =>
        key.Length > LongestKey ? $"'{Shown(key[..LongestKey])}…'" : $"'{Shown(key)}'";

    public static string Value(string value) =>
        value.Length > LongestValue || value.AsSpan().ContainsAny(ConnectionStringMarks)
            ? "(not shown because it might contain a password)"
            : $"'{OneLine(value)}'";

    /// <summary>Returns the text in one line, with invisible characters escaped.</summary>
    public static string OneLine(string text) => DisplayText.Escape(text);

    private static string Shown(string key) => OneLine(PasswordMask.Apply(key));
}
