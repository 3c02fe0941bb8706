using System.Text.Json.Nodes;

namespace KubeInject.Manifests.Editing;

/// <summary>
/// Verifies added lines in block style without a parser. Each key and value must be a plain word, or double-quoted printable
/// ASCII without escapes, so that the lines have the same meaning for every YAML parser. Other lines are not accepted.
/// </summary>
internal ref struct LineVerifier
{
    // YAML allows longer keys only after "?".
    private const int LongestKey = 1_000;

    private ReadOnlySpan<char> rest;

    /// <summary>Returns whether lines say exactly what a change adds.</summary>
    /// <param name="lines">The complete lines.</param>
    /// <param name="change">The change, which adds an entry or items.</param>
    /// <param name="column">The column of the collection that the lines are added to, from 0.</param>
    public static bool AreAsMeant(ReadOnlySpan<char> lines, ManifestChange change, int column)
    {
        var verifier = new LineVerifier { rest = lines };
        return change switch
        {
            AddEntry add => verifier.SkipIndentation(column) && verifier.IsEntry(add.Key, add.Value, column),
            AddItems add => verifier.IsList(add.Items, column),
            _ => false,
        } && verifier.rest.IsEmpty;
    }

    private bool IsEntry(string key, JsonNode value, int column) => key.Length <= LongestKey && IsScalar(key) && Skip(":") && value switch
    {
        JsonValue text => Skip(" ") && IsScalar(text.GetValue<string>()) && SkipLineEnd(),
        JsonArray { Count: > 0 } list => SkipLineEnd() && Spaces() is var dashes && dashes >= column && IsList(list, dashes),
        JsonObject { Count: > 0 } mapping => SkipLineEnd() && Spaces() is var keys && keys > column && SkipIndentation(keys) && IsMapping(mapping, keys),
        _ => false,
    };

    private bool IsList(JsonArray list, int column)
    {
        foreach (var item in list)
        {
            if (!SkipIndentation(column) || !Skip("- "))
                return false;
            var offset = Spaces();
            if (!SkipIndentation(offset) || !IsItem(item, column + "- ".Length + offset))
                return false;
        }

        return true;
    }

    private bool IsItem(JsonNode? item, int column) => item switch
    {
        JsonValue text => IsScalar(text.GetValue<string>()) && SkipLineEnd(),
        JsonObject { Count: > 0 } mapping => IsMapping(mapping, column),
        _ => false,
    };

    // The indentation or the dash before the first entry is already skipped.
    private bool IsMapping(JsonObject mapping, int column)
    {
        var isFirst = true;
        foreach (var (key, value) in mapping)
        {
            if (!isFirst && !SkipIndentation(column))
                return false;
            if (value is null || !IsEntry(key, value, column))
                return false;
            isFirst = false;
        }

        return true;
    }

    private bool IsScalar(string text)
    {
        if (!Skip("\""))
            return ScalarWriter.IsPlain(text) && Skip(text);
        return !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.AsSpan().ContainsAny('"', '\\') && Skip(text) && Skip("\"");
    }

    private readonly int Spaces() => rest.IndexOfAnyExcept(' ') is var length && length < 0 ? rest.Length : length;

    private bool SkipIndentation(int column)
    {
        if (Spaces() != column)
            return false;
        rest = rest[column..];
        return true;
    }

    private bool Skip(string text)
    {
        if (!rest.StartsWith(text))
            return false;
        rest = rest[text.Length..];
        return true;
    }

    // The last line of a file can have no line break.
    private bool SkipLineEnd() => rest.IsEmpty || Skip("\n") || Skip("\r\n");
}
