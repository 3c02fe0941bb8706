using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace KubeInject.Manifests.Syntax;

/// <summary>
/// YAML text for the parser. The parser refuses some scalars that kubectl reads. If it does, this class changes blanks that
/// are not part of the value, and converts the offsets of the parser to offsets in the original text.
/// </summary>
internal sealed partial class TolerantText(string content)
{
    /// <summary>The maximum number of characters that are parsed again.</summary>
    private const long MaximumWork = 50_000_000;

    /// <summary>Replaces a blank that the parser refuses.</summary>
    private const char Substitute = '\uE000';

    private readonly List<(int Start, int Shift)> shifts = [];
    private bool hasSubstitutes;
    private long work;

    /// <summary>The text for the parser.</summary>
    public string Content { get; private set; } = content;

    /// <summary>Returns the offset in the original text.</summary>
    /// <param name="offset">An offset in <see cref="Content"/>.</param>
    public int OriginalOffset(int offset)
    {
        var i = shifts.Count - 1;
        while (i >= 0 && shifts[i].Start > offset)
            i--;
        return i < 0 ? offset : offset + shifts[i].Shift;
    }

    /// <summary>Returns the original value of a scalar.</summary>
    /// <param name="value">The value that the parser read.</param>
    public string OriginalValue(string value) => hasSubstitutes ? value.Replace(Substitute, ' ') : value;

    /// <summary>Changes the text so that the parser reads the scalar that it refused.</summary>
    /// <param name="error">The error of the parser.</param>
    /// <param name="flow">The offset in <see cref="Content"/> of the flow collection that the parser was reading. Null if there is none.</param>
    /// <returns>Whether the text was changed and can be parsed again.</returns>
    public bool TryAdapt(Exception error, int? flow)
    {
        work += Content.Length;
        return work <= MaximumWork && ((error is YamlException problem && TryAdapt(problem)) || (flow is { } start && TryIndentFlow(start)));
    }

    private bool TryAdapt(YamlException error)
    {
        var at = (int)error.Start.Index;
        return at <= Content.Length && error.Message switch
        {
            var message when message.Contains("block scalar, found extra spaces in first line", StringComparison.Ordinal)
                || message.Contains("block scalar, found more spaces in lines above first content line", StringComparison.Ordinal) => TryClearFirstLines(at),
            var message when message.Contains("double-quoted scalar, found wrong indentation", StringComparison.Ordinal) => TryIndentLines(at),
            _ => false,
        };
    }

    // Leading blank lines of a block scalar are empty lines of its value, however many blanks they have. kubectl requires
    // that they are not longer than the indentation of the text, unless there is no text.
    private bool TryClearFirstLines(int at)
    {
        var blanks = new List<(int Start, int Length)>();
        var start = at;
        while (LineBefore(start) is { } line && Content.AsSpan(line, start - line).IsWhiteSpace())
            start = line;
        var text = start;
        while (text < Content.Length && LineAt(text) is var line && line.IsWhiteSpace())
        {
            blanks.Add((text, line.TrimEnd("\r\n").Length));
            text += line.Length;
        }

        if (LineBefore(start) is not { } header || BlockHeader().Match(Content[header..start]) is not { Success: true } match)
            return false;
        if (blanks.Exists(line => Content.AsSpan(line.Start, line.Length).Contains('\t')))
            return false;
        if (match.Groups["digit"].Success)
            return TrySubstitute(blanks.FindAll(line => line.Length > Indentation(match)), match.Groups["style"].ValueSpan[0])
                || TryRemove(blanks.FindAll(line => line.Length <= Indentation(match)));
        var textColumn = Content.AsSpan(text).IndexOfAnyExcept(' ');
        var hasText = textColumn > match.Groups["parent"].Length;
        return (!hasText || blanks.TrueForAll(line => line.Length <= textColumn)) && TryRemove(blanks);
    }

    // With an explicit indentation, further blanks are part of the value.
    private bool TrySubstitute(List<(int Start, int Length)> blanks, char style)
    {
        if (style == '>' || blanks.Count == 0 || Content.Contains(Substitute, StringComparison.Ordinal) != hasSubstitutes)
            return false;
        var characters = Content.ToCharArray();
        foreach (var (start, length) in blanks)
            characters[start + length - 1] = Substitute;
        var changed = new string(characters);
        if (changed == Content)
            return false;
        Content = changed;
        return hasSubstitutes = true;
    }

    private static int Indentation(Match header)
    {
        var parent = header.Groups["parent"].ValueSpan;
        // An item of a list is indented from its dash.
        var column = header.Groups["key"].Success ? parent.Length : Math.Max(parent.TrimEnd(' ').Length - 1, 0);
        return column + (header.Groups["digit"].ValueSpan[0] - '0');
    }

    private bool TryRemove(List<(int Start, int Length)> blanks)
    {
        if (blanks.TrueForAll(line => line.Length == 0))
            return false;
        foreach (var (line, length) in Enumerable.Reverse(blanks))
            Content = Content.Remove(line, length);
        var removed = 0;
        foreach (var (line, length) in blanks)
        {
            AddShift(line - removed, length);
            removed += length;
        }

        return true;
    }

    // The indentation of the lines of a double-quoted text is not part of its value, and kubectl requires none.
    private bool TryIndentLines(int at)
    {
        if (at >= Content.Length || Content[at] != '"')
            return false;
        var lines = new List<int>();
        var end = at + 1;
        for (; end < Content.Length && Content[end] != '"'; end++)
        {
            if (Content[end] == '\\' && end + 1 < Content.Length && Content[end + 1] is not ('\r' or '\n'))
                end++;
            else if (Content[end] == '\n')
                lines.Add(end + 1);
        }

        return end < Content.Length && !lines.Exists(line => DocumentEnd().IsMatch(Content.AsSpan(line, Math.Min(4, end - line)))) && TryIndent(lines, at);
    }

    // The parser refuses plain text at the start of a line in a flow collection. kubectl reads it.
    private bool TryIndentFlow(int start)
    {
        var lines = new List<int>();
        var depth = 0;
        var quote = '\0';
        for (var i = start; i < Content.Length; i++)
        {
            var character = Content[i];
            if (character == '\n')
                lines.Add(i + 1);
            else if (character == '\\' && quote == '"')
                i++;
            else if (quote != '\0')
                quote = character == quote ? '\0' : quote;
            else if (character is '"' or '\'' && Content.AsSpan(start, i - start).TrimEnd()[^1] is '[' or '{' or ',' or ':')
                quote = character;
            else if (character == '#' && Content[i - 1] is ' ' or '\t' or '\n')
                i = (Content.IndexOf('\n', i) is var end && end < 0 ? Content.Length : end) - 1;
            else if (character is '[' or '{')
                depth++;
            else if (character is ']' or '}' && --depth == 0)
                return !lines.Exists(line => DocumentEnd().IsMatch(Content.AsSpan(line, Math.Min(4, i - line)))) && TryIndent(lines, start);
        }

        return false;
    }

    private bool TryIndent(List<int> lines, int at)
    {
        var indentation = at - Content.LastIndexOf('\n', at);
        if (lines.TrueForAll(line => Content.AsSpan(line).StartsWith(new string(' ', indentation), StringComparison.Ordinal)))
            return false;
        var inserted = 0;
        foreach (var line in lines)
        {
            Content = Content.Insert(line + inserted, new string(' ', indentation));
            inserted += indentation;
            AddShift(line + inserted, -indentation);
        }

        return true;
    }

    private void AddShift(int start, int shift) => shifts.Add((start, (shifts.Count == 0 ? 0 : shifts[^1].Shift) + shift));

    /// <summary>Returns a line with its line break.</summary>
    private ReadOnlySpan<char> LineAt(int start) =>
        Content.AsSpan(start)[..(Content.IndexOf('\n', start) is var end && end < 0 ? Content.Length - start : end + 1 - start)];

    private int? LineBefore(int line) => line == 0 ? null : line == 1 ? 0 : Content.LastIndexOf('\n', line - 2) + 1;

    [GeneratedRegex(@"^(?<parent> *(?:[-?] +)*)(?<key>.*\s)?(?<style>[|>])(?:[-+]?(?<digit>[1-9])?|(?<digit>[1-9])[-+])[ \t]*(?:#.*)?\r?\n\z")]
    private static partial Regex BlockHeader();

    [GeneratedRegex(@"^\.\.\.(?:\s|\z)")]
    private static partial Regex DocumentEnd();
}
