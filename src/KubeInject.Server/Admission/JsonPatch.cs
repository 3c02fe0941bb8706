using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Admission;

/// <summary>Writes changes to a JSON object as a JSON Patch (RFC 6902).</summary>
/// <param name="root">The object that the patch applies to. It can be part of a larger document.</param>
internal sealed class JsonPatch(MappingNode root)
{
    private readonly Dictionary<SequenceNode, Dictionary<ManifestNode, int>> positions = [];

    /// <summary>Returns the patch as UTF-8.</summary>
    /// <param name="changes">The changes. They do not rename entries.</param>
    public ReadOnlyMemory<byte> Write(IReadOnlyList<ManifestChange> changes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartArray();

        // Each operation applies to the result of the previous ones, so items are inserted last, and the last position first.
        foreach (var change in changes.Where(change => change is not AddItems))
            Write(writer, change);
        foreach (var change in changes.OfType<AddItems>().OrderByDescending(change => change.Before))
        {
            for (var index = 0; index < change.Items.Count; index++)
                Write(writer, "add", PathOf(change.Sequence, change.Before + index), change.Items[index]);
        }

        writer.WriteEndArray();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private void Write(Utf8JsonWriter writer, ManifestChange change)
    {
        switch (change)
        {
            case AddEntry add:
                Write(writer, "add", PathOf(add.Mapping, add.Key), add.Value);
                break;
            case SetEntry set when set.Key == set.Entry.Key.Value:
                Write(writer, "replace", PathOf(set.Target, set.Key), set.Value);
                break;
            case SetEntry set:
                Write(writer, "remove", PathOf(set.Target, set.Entry.Key.Value), null);
                Write(writer, "add", PathOf(set.Target, set.Key), set.Value);
                break;
            case RemoveEntries remove:
                foreach (var entry in remove.Entries)
                    Write(writer, "remove", PathOf(remove.Mapping, entry.Key.Value), null);
                break;
            default:
                throw new NotSupportedException($"A JSON Patch cannot contain {change.GetType().Name}.");
        }
    }

    private static void Write(Utf8JsonWriter writer, string operation, string path, JsonNode? value)
    {
        writer.WriteStartObject();
        writer.WriteString("op", operation);
        writer.WriteString("path", path);
        if (value is not null)
        {
            writer.WritePropertyName("value");
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private string PathOf(ManifestNode collection, string key) =>
        $"{PathOf(collection)}/{key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    private string PathOf(SequenceNode sequence, int index) => string.Create(CultureInfo.InvariantCulture, $"{PathOf(sequence)}/{index}");

    private string PathOf(ManifestNode node) =>
        node == root ? ""
        : node.Parent is SequenceNode sequence ? PathOf(sequence, PositionsIn(sequence)[node])
        : PathOf(node.Parent!, ((MappingNode)node.Parent!).Entries.Find(entry => entry.Value == node)!.Key.Value);

    private Dictionary<ManifestNode, int> PositionsIn(SequenceNode sequence)
    {
        if (!positions.TryGetValue(sequence, out var found))
            positions[sequence] = found = sequence.Items.Select((item, index) => (item, index)).ToDictionary(pair => pair.item, pair => pair.index);
        return found;
    }
}
