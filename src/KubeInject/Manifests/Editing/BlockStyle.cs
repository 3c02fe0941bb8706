using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>The layout of block style around the position of a change.</summary>
/// <param name="KeyColumn">The column of the mapping's keys, starting at 0.</param>
/// <param name="DashColumn">The column of the dashes of the list or, if the change is in a mapping, of a list below one of its keys.</param>
/// <param name="ItemOffset">The offset of an item from its dash: 2 for <c>- name</c>.</param>
/// <param name="Indent">The indentation of a nested mapping. Default: 2.</param>
internal readonly record struct BlockStyle(int KeyColumn, int DashColumn, int ItemOffset, int Indent = BlockStyle.DefaultOffset)
{
    private const int DefaultOffset = 2;

    public static BlockStyle Of(string content, SequenceNode list)
    {
        var dash = DashColumnOf(content, list);
        return new BlockStyle(dash, dash, ItemOffsetOf(content, list, dash));
    }

    /// <summary>Returns the style of a mapping. Its lists get the layout of the nearest enclosing list.</summary>
    public static BlockStyle Of(string content, MappingNode mapping)
    {
        var keys = ColumnOf(content, mapping.Entries[^1].Key.Start);
        for (ManifestNode? node = mapping.Parent; node is not null; node = node.Parent)
        {
            if (node is SequenceNode { IsFlow: false } list)
            {
                var dash = DashColumnOf(content, list);
                var indent = list.Parent is MappingNode { IsFlow: false } parent ? dash - ColumnOf(content, parent.Entries[^1].Key.Start) : DefaultOffset;
                return new BlockStyle(keys, keys + Math.Max(0, indent), ItemOffsetOf(content, list, dash), IndentOf(content, mapping, keys));
            }
        }

        return new BlockStyle(keys, keys + DefaultOffset, DefaultOffset, IndentOf(content, mapping, keys));
    }

    // The indentation of a nested mapping next to the change, or else of this mapping.
    private static int IndentOf(string content, MappingNode mapping, int keys)
    {
        var inside = mapping.Entries.Select(entry => entry.Value).OfType<MappingNode>().FirstOrDefault(value => value is { IsFlow: false, Entries.Count: > 0 });
        var indent = inside is not null ? ColumnOf(content, inside.Entries[^1].Key.Start) - keys
            : mapping.Parent is MappingNode { IsFlow: false } parent ? keys - ColumnOf(content, parent.Entries[0].Key.Start)
            : DefaultOffset;
        return indent > 0 ? indent : DefaultOffset;
    }

    private static int DashColumnOf(string content, SequenceNode list) => ColumnOf(content, DashBefore(content, list.Items[0].Start));

    /// <summary>Returns the offset of the dash before an item. Between them there is white space, and there may be comments.</summary>
    public static int DashBefore(string content, int item)
    {
        var at = item - 1;
        while (at > 0 && content[at] != '-')
        {
            if (!char.IsWhiteSpace(content[at]))
            {
                var comment = content.LastIndexOf('\n', at) + 1;
                while (content[comment] != '#' || (comment > 0 && !char.IsWhiteSpace(content[comment - 1])))
                    comment++;
                at = comment;
            }

            at--;
        }

        return at;
    }

    private static int ItemOffsetOf(string content, SequenceNode list, int dash)
    {
        var start = list.Items[0].Start;
        var onDashLine = content.LastIndexOf('\n', start) < DashBefore(content, start);
        var offset = ColumnOf(content, start) - dash;
        return onDashLine && offset > 1 ? offset : DefaultOffset;
    }

    /// <summary>Returns the column of an offset, starting at 0.</summary>
    public static int ColumnOf(string content, int offset)
    {
        var lineStart = content.LastIndexOf('\n', Math.Max(0, offset - 1)) + 1;

        // A byte order mark has no column.
        return offset - lineStart - (lineStart == 0 && content.StartsWith('\uFEFF') ? 1 : 0);
    }
}
