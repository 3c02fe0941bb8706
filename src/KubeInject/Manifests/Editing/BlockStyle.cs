using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>How the author lays out block style around the place of a change.</summary>
/// <param name="KeyColumn">The column, from 0, of the mapping's keys.</param>
/// <param name="DashColumn">The column of the dashes of a list; of a list under one of the keys, where the change is in a mapping.</param>
/// <param name="ItemOffset">How far behind its dash an item starts; 2 for <c>- name</c>.</param>
/// <param name="Indent">How far behind a key the keys of the mapping under it start.</param>
internal readonly record struct BlockStyle(int KeyColumn, int DashColumn, int ItemOffset, int Indent = BlockStyle.DefaultOffset)
{
    private const int DefaultOffset = 2;

    public static BlockStyle Of(string content, SequenceNode list)
    {
        var dash = DashColumnOf(content, list);
        return new BlockStyle(dash, dash, ItemOffsetOf(content, list, dash));
    }

    /// <summary>The style of a mapping; lists in it are laid out like the nearest list around it.</summary>
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

    // As a mapping beside the change is laid out, or else as this one is itself.
    private static int IndentOf(string content, MappingNode mapping, int keys)
    {
        var inside = mapping.Entries.Select(entry => entry.Value).OfType<MappingNode>().FirstOrDefault(value => value is { IsFlow: false, Entries.Count: > 0 });
        var indent = inside is not null ? ColumnOf(content, inside.Entries[^1].Key.Start) - keys
            : mapping.Parent is MappingNode { IsFlow: false } parent ? keys - ColumnOf(content, parent.Entries[0].Key.Start)
            : DefaultOffset;
        return indent > 0 ? indent : DefaultOffset;
    }

    private static int DashColumnOf(string content, SequenceNode list) => ColumnOf(content, DashBefore(content, list.Items[0].Start));

    // Between a dash and its item there is white space, and there may be comments.
    private static int DashBefore(string content, int item)
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

    /// <summary>The column of a place, from 0.</summary>
    public static int ColumnOf(string content, int offset)
    {
        var lineStart = content.LastIndexOf('\n', Math.Max(0, offset - 1)) + 1;

        // A byte order mark at the very start takes no column.
        return offset - lineStart - (lineStart == 0 && content.StartsWith('\uFEFF') ? 1 : 0);
    }
}
