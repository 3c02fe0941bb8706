using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeInject.Testing;

/// <summary>
/// Writes an object as YAML in any style that users write: any indentation, quoting and mixture of styles, with comments and
/// blank lines. Uses no code under test.
/// </summary>
public sealed partial class StyledWriter
{
    private readonly Random random;
    private readonly StringBuilder text = new();
    private readonly int indent;
    private readonly int listIndent;
    private readonly int itemOffset;
    private readonly bool isAdorned;
    private readonly bool usesFlow;
    private bool keepsBlankLines;

    public StyledWriter(Random random, bool usesFlow)
    {
        this.random = random;
        this.usesFlow = usesFlow;
        indent = Pick(2, 2, 2, 3, 4);
        listIndent = Pick(0, indent);
        itemOffset = Pick(2, 2, 2, 4);
        isAdorned = Chance(50);
    }

    public string Write(JsonNode root)
    {
        WriteMapping((JsonObject)root, 0, isAtLineStart: true);
        return text.ToString();
    }

    private void WriteMapping(JsonObject mapping, int column, bool isAtLineStart)
    {
        foreach (var (key, value) in mapping)
        {
            if (isAtLineStart)
            {
                Adorn(column);
                text.Append(' ', column);
            }

            isAtLineStart = true;
            text.Append(Chance(90) ? PlainOrQuoted(key) : Quoted(key)).Append(':');
            WriteValue(value, column);
        }
    }

    private void WriteValue(JsonNode? value, int column)
    {
        switch (value)
        {
            case null:
                text.Append(Pick("", " ~", " null"));
                EndLine();
                break;
            case JsonObject { Count: 0 } or JsonArray { Count: 0 }:
                text.Append(value is JsonObject ? " {}" : Pick(" []", " [ ]"));
                EndLine();
                break;
            case JsonObject or JsonArray when usesFlow && Chance(12):
                text.Append(' ').Append(Flow(value));
                EndLine();
                break;
            case JsonObject mapping:
                EndLine();
                WriteMapping(mapping, column + indent, isAtLineStart: true);
                break;
            case JsonArray list:
                EndLine();
                WriteItems(list, column + listIndent);
                break;
            default:
                WriteScalar(value, column);
                break;
        }
    }

    private void WriteItems(JsonArray list, int column)
    {
        foreach (var item in list)
        {
            Adorn(column);
            text.Append(' ', column).Append('-');
            if (item is JsonObject { Count: > 0 } mapping && !(usesFlow && Chance(12)))
            {
                text.Append(' ', itemOffset - 1);
                WriteMapping(mapping, column + itemOffset, isAtLineStart: false);
            }
            else if (item is JsonObject or JsonArray)
            {
                text.Append(' ').Append(Flow(item));
                EndLine();
            }
            else
            {
                WriteScalar(item!, column);
            }
        }
    }

    private void WriteScalar(JsonNode value, int column)
    {
        if (value.GetValueKind() != JsonValueKind.String)
        {
            text.Append(' ').Append(value.ToJsonString());
            EndLine();
            return;
        }

        var content = value.GetValue<string>();
        if (BlockText().IsMatch(content) && Chance(70))
        {
            var trailing = content.Length - content.TrimEnd('\n').Length;
            var chomping = trailing switch { 0 => "-", 1 => Pick("", "+"), _ => "+" };
            keepsBlankLines = chomping == "+";
            text.Append(" |").Append(chomping).Append('\n');
            foreach (var line in content.TrimEnd('\n').Split('\n'))
                text.Append(' ', line.Length == 0 ? 0 : column + indent).Append(line).Append('\n');
            text.Append('\n', Math.Max(0, trailing - 1));
            return;
        }

        text.Append(' ').Append(PlainOrQuoted(content));
        EndLine();
    }

    private string PlainOrQuoted(string content)
    {
        if (PlainText().IsMatch(content) && !Word().IsMatch(content) && Chance(80))
            return content;
        return Printable().IsMatch(content) && Chance(50) ? $"'{content.Replace("'", "''", StringComparison.Ordinal)}'" : Quoted(content);
    }

    // Unlike JSON libraries: Go's YAML reader rejects escaped surrogate pairs.
    private static string Quoted(string content) => "\"" + string.Concat(content.Select(c => c switch
    {
        '"' or '\\' => $"\\{c}",
        '\n' => "\\n",
        < ' ' or (>= '\u007f' and < '\u00a0') or '\u2028' or '\uFEFF' => $"\\u{(int)c:x4}",
        _ => c.ToString(),
    })) + "\"";

    private string Flow(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject mapping => "{" + string.Join(", ", mapping.Select(entry => $"{FlowKey(entry.Key)}: {Flow(entry.Value)}")) + Pick("}", " }"),
        JsonArray list => Pick("[", "[ ") + string.Join(", ", list.Select(Flow)) + "]",
        _ => node.GetValueKind() == JsonValueKind.String ? Quoted(node.GetValue<string>()) : node.ToJsonString(),
    };

    private string FlowKey(string key) => PlainText().IsMatch(key) && !Word().IsMatch(key) && Chance(70) ? key : Quoted(key);

    private void EndLine() => text.Append(isAdorned && Chance(8) ? Pick("  # why: see 'docs' {", " # - x: y", "   ") : "").Append('\n');

    private void Adorn(int column)
    {
        if (isAdorned && Chance(6))
            text.Append(' ', Pick(0, column)).Append("# a comment: with \"quotes\" and - dashes\n");
        if (isAdorned && Chance(4) && !keepsBlankLines)
            text.Append('\n');
        keepsBlankLines = false;
    }

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];

    [GeneratedRegex(@"\A[A-Za-z/][A-Za-z0-9_./-]*\z")]
    private static partial Regex PlainText();

    [GeneratedRegex(@"\A(y|n|yes|no|on|off|true|false|null|nan|inf)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Word();

    [GeneratedRegex(@"\A[ -~]*\z")]
    private static partial Regex Printable();

    // Several lines of plain characters without leading spaces: a block scalar needs no indentation indicator for them.
    [GeneratedRegex(@"\A[!-~][ -~]*(\n([!-~][ -~]*)?)+\z")]
    private static partial Regex BlockText();
}
