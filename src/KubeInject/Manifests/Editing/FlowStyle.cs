using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>The layout of flow style, including JSON, around the position of a change.</summary>
/// <param name="LineStart">The line break and indentation before each member. Null if the members are on one line.</param>
/// <param name="Indent">The additional indentation of a nested level.</param>
/// <param name="IsTight">Whether there is no space after a colon or comma.</param>
internal sealed record FlowStyle(string? LineStart, string Indent, bool IsTight)
{
    /// <summary>The text between two members.</summary>
    public string Separator => LineStart is not null ? "," + LineStart : IsTight ? "," : ", ";

    /// <summary>The style of the next level.</summary>
    public FlowStyle Inside => LineStart is null ? this : this with { LineStart = LineStart + Indent };

    public static FlowStyle Of(string content, ManifestNode collection)
    {
        var member = collection switch
        {
            MappingNode { Entries: [.., var last] } => last.Key,
            SequenceNode { Items: [.., var last] } => last,
            _ => null,
        };
        var colon = content.AsSpan(collection.Start, collection.End - collection.Start).IndexOf("\":");
        var isTight = colon >= 0 && !char.IsWhiteSpace(content[collection.Start + colon + 2]);
        if (member is null || LineStartOf(content, member.Start) is not { } memberLine)
            return new FlowStyle(null, "", isTight);

        var outer = IndentationOf(content, collection.Start);
        var inner = memberLine.TrimStart('\r', '\n');
        var indent = inner.StartsWith(outer, StringComparison.Ordinal) && inner.Length > outer.Length ? inner[outer.Length..] : "  ";
        return new FlowStyle(memberLine, indent, isTight);
    }

    /// <summary>Returns the style of new items, based on an existing item: on one line or on several lines.</summary>
    public FlowStyle ForItemsLike(string content, ManifestNode item)
    {
        var isSpread = content.AsSpan(item.Start, item.End - item.Start).Contains('\n');
        return isSpread && LineStart is not null ? this : this with { LineStart = null };
    }

    // Line break and indentation before a member that is the first thing on its line.
    private static string? LineStartOf(string content, int start)
    {
        var lineFeed = content.LastIndexOf('\n', Math.Max(0, start - 1));
        if (lineFeed < 0 || !content.AsSpan(lineFeed, start - lineFeed).IsWhiteSpace())
            return null;
        return content[(lineFeed > 0 && content[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed)..start];
    }

    private static string IndentationOf(string content, int offset)
    {
        var lineStart = content.LastIndexOf('\n', Math.Max(0, offset - 1)) + 1;
        var line = content.AsSpan(lineStart, offset - lineStart);
        return line[..(line.Length - line.TrimStart().Length)].ToString();
    }
}
