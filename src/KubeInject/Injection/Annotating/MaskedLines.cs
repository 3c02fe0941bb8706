using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Manifests;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Injection.Annotating;

/// <summary>The lines of a document, with masked passwords in values and comments.</summary>
internal sealed partial class MaskedLines
{
    private const string Mask = "****";

    private static readonly string[] KnownSettings =
    [
        DatabaseSetting.Role, DatabaseSetting.Mode, DatabaseSetting.UsernameVariables, DatabaseSetting.PasswordVariables, DatabaseSetting.UriVariables,
        DatabaseSetting.Template, DatabaseSetting.LegacyUuid, "cluster",
    ];

    private readonly string text;
    private readonly IReadOnlySet<string> hidden;
    private readonly List<(int Start, int End, string Text)> masks = [];
    private readonly SortedSet<int> ends = [];

    private MaskedLines(string text, IReadOnlySet<string> hidden)
    {
        this.text = text;
        this.hidden = hidden;
    }

    /// <summary>Masks the lines of a document before and after a change. A value that is masked in one is masked in the other.</summary>
    public static (string[] Before, string[] After) Of(string before, string after)
    {
        var hidden = new HashSet<string>(StringComparer.Ordinal);
        Collect(Manifest.ReadSingle(before), hidden);
        Collect(Manifest.ReadSingle(after), hidden);
        return (new MaskedLines(before, hidden).Read(), new MaskedLines(after, hidden).Read());
    }

    /// <summary>Returns whether a key is unknown and its value might be a password.</summary>
    public static bool IsSuspicious(string key)
    {
        if (!InjectionAnnotation.IsInjectionKey(key))
            return DialectKey.Of(key) is null && SecretWord().IsMatch(key[(key.LastIndexOf('/') + 1)..]);
        var name = key[InjectionAnnotation.Prefix.Length..];
        var setting = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return !KnownSettings.Contains(setting) && (SecretWord().IsMatch(setting) || SpellingSuggester.Of(setting, KnownSettings) is null);
    }

    private static void Collect(ManifestNode? node, HashSet<string> hidden)
    {
        switch (node)
        {
            case MappingNode mapping:
                foreach (var entry in mapping.Entries)
                {
                    if (entry.Value is ScalarNode { Value.Length: > 0 } scalar && IsSuspicious(entry.Key.Value))
                        hidden.Add(scalar.Value);
                    else
                        Collect(entry.Value, hidden);
                }

                break;
            case SequenceNode sequence:
                foreach (var item in sequence.Items)
                    Collect(item, hidden);
                break;
        }
    }

    private string[] Read()
    {
        Visit(Manifest.ReadSingle(text));
        var masked = new StringBuilder();
        var at = 0;
        foreach (var (start, end, shown) in masks)
        {
            masked.Append(Comments(at, start)).Append(shown);
            at = end;
        }

        return masked.Append(Comments(at, text.Length)).ToString().Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
    }

    private void Visit(ManifestNode? node)
    {
        switch (node)
        {
            case MappingNode mapping:
                foreach (var entry in mapping.Entries)
                {
                    ends.Add(entry.Key.End);
                    Visit(entry.Value);
                }

                break;
            case SequenceNode sequence:
                foreach (var item in sequence.Items)
                    Visit(item);
                break;
            case ScalarNode scalar:
                ends.Add(scalar.End);
                Add(scalar);
                break;
            case AliasNode alias:
                ends.Add(alias.End);
                break;
        }
    }

    private void Add(ScalarNode scalar)
    {
        var value = scalar.Value;
        var shown = hidden.Contains(value) ? Mask : PasswordMask.Apply(value);
        if (shown == value)
            return;
        var written = text[scalar.Start..scalar.End];

        // A value with escapes or several lines is masked as a whole. The number of lines stays the same.
        var at = written.IndexOf(value, StringComparison.Ordinal);
        masks.Add((scalar.Start, scalar.End, at >= 0 && !written.Contains('\n', StringComparison.Ordinal)
            ? $"{written[..at]}{shown}{written[(at + value.Length)..]}"
            : Mask + string.Concat(Enumerable.Repeat($"\n{Mask}", written.Count(character => character == '\n')))));
    }

    /// <summary>The text between values, with its comments masked.</summary>
    private string Comments(int start, int end)
    {
        var between = text[start..end];
        if (!between.Contains('#', StringComparison.Ordinal))
            return between;
        var lines = between.Split('\n');
        var at = start;
        for (var i = 0; i < lines.Length; at += lines[i++].Length + 1)
        {
            // The first # after the last value of the line.
            var last = ends.GetViewBetween(at, at + lines[i].Length).Max;
            var comment = lines[i].IndexOf('#', Math.Max(0, last - at));
            if (comment >= 0)
                lines[i] = lines[i][..comment] + PasswordMask.Apply(lines[i][comment..]);
        }

        return string.Join('\n', lines);
    }

    // Also misspelled.
    [GeneratedRegex("p[a-z]{0,2}s+[a-z]{0,2}w|pass|pwd|psw|s[a-z]{0,2}cr[a-z]{0,2}t|secert|tok[a-z]{0,2}n|cred|api-?key", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretWord();
}
