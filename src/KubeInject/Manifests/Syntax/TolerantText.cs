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

    private readonly List<(int Start, int Shift)> shifts = [];
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

    /// <summary>Changes the text so that the parser reads the scalar that it refused.</summary>
    /// <param name="error">The error of the parser.</param>
    /// <returns>Whether the text was changed and can be parsed again.</returns>
    public bool TryAdapt(YamlException error)
    {
        work += Content.Length;
        var at = (int)error.Start.Index;
        return work <= MaximumWork && at <= Content.Length && error.Message switch
        {
            var message when message.Contains("literal block scalar, found extra spaces in first line", StringComparison.Ordinal) => TryClearFirstLines(at),
            var message when message.Contains("double-quoted scalar, found wrong indentation", StringComparison.Ordinal) => TryIndentLines(at),
            _ => false,
        };
    }

    // Leading blank lines of a block scalar are empty lines of its value, however many blanks they have. kubectl requires
    // that they are not longer than the indentation of the text, unless there is no text.
    private bool TryClearFirstLines(int at)
    {
        var end = at;
        while (end < Content.Length && Content[end] is ' ')
            end++;
        var isAtEnd = end == Content.Length;
        var textColumn = end - at;

        var blanks = new List<(int Start, int Length)>();
        if (isAtEnd)
            blanks.Add((at, textColumn));
        var start = at;
        while (LineBefore(start) is { } line && Content.AsSpan(line, start - line).IsWhiteSpace())
        {
            blanks.Insert(0, (line, Content.AsSpan(line, start - line).TrimEnd("\r\n").Length));
            start = line;
        }

        if (LineBefore(start) is not { } header || BlockHeader().Match(Content[header..start]) is not { Success: true } match)
            return false;
        var longest = blanks.Count == 0 ? 0 : blanks.Max(line => line.Length);
        var hasText = !isAtEnd && textColumn > match.Groups["parent"].Length;
        if (longest == 0 || (hasText && textColumn < longest) || blanks.Exists(line => Content.AsSpan(line.Start, line.Length).Contains('\t')))
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

        var indentation = at - Content.LastIndexOf('\n', at);
        if (end >= Content.Length || lines.Count == 0 || lines.TrueForAll(line => Content.AsSpan(line).StartsWith(new string(' ', indentation), StringComparison.Ordinal))
            || lines.Exists(line => DocumentEnd().IsMatch(Content.AsSpan(line, Math.Min(4, end - line)))))
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

    private int? LineBefore(int line) => line == 0 ? null : line == 1 ? 0 : Content.LastIndexOf('\n', line - 2) + 1;

    [GeneratedRegex(@"^(?<parent> *(?:[-?] +)*)(?:.*\s)?\|[-+]?[ \t]*(?:#.*)?\r?\n\z")]
    private static partial Regex BlockHeader();

    [GeneratedRegex(@"^\.\.\.(?:\s|\z)")]
    private static partial Regex DocumentEnd();
}
