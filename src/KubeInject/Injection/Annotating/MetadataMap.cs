using System.Text.Json.Nodes;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Injection.Annotating;

/// <summary>A mapping of labels or annotations with pending changes.</summary>
internal sealed class MetadataMap
{
    private readonly MappingNode? mapping;
    private readonly List<MappingEntry> original;
    private readonly List<Item> items;

    public MetadataMap(string name, MappingNode? metadata)
    {
        Name = name;
        mapping = metadata?.Find(name)?.Value.Resolved as MappingNode;
        original = [.. mapping?.AllEntries() ?? []];
        items = [.. original.Select(entry => new Item(entry, entry.Key.Value, null))];
    }

    public string Name { get; }

    /// <summary>The added keys and values.</summary>
    public JsonObject Added => new(items.Where(item => item.Origin is null).Select(item => KeyValuePair.Create<string, JsonNode?>(item.Key, item.Value)));

    /// <summary>The removed entries.</summary>
    public IEnumerable<MappingEntry> Removed => Gone.Skip(Replaces ? 1 : 0);

    /// <summary>Whether all entries are removed.</summary>
    public bool IsEmptied => original.Count > 0 && items.Count == 0;

    private IEnumerable<MappingEntry> Gone => original.Where(entry => !items.Exists(item => item.Origin == entry));

    // If all original entries are removed, the first new entry replaces the first removed entry, to keep the layout.
    private bool Replaces => original.Count > 0 && items.Count > 0 && mapping!.Entries.TrueForAll(entry => Gone.Contains(entry));

    public bool Contains(string key) => items.Exists(item => item.Key == key);

    public bool Set(string key, string value)
    {
        var at = items.FindIndex(item => item.Key == key);
        if (at < 0)
            items.Add(new Item(null, key, value));
        else if (items[at].IsString && items[at].Text == value)
            return false;
        else
            items[at] = items[at] with { Value = value };
        return true;
    }

    /// <returns>The previous value. Null if there is no such key.</returns>
    public string? Remove(string key)
    {
        var item = items.Find(item => item.Key == key);
        if (item is null)
            return null;
        items.Remove(item);
        return item.Text;
    }

    public bool Rename(string key, string newKey)
    {
        var at = items.FindIndex(item => item.Key == key);
        if (at < 0 || Contains(newKey))
            return false;
        items[at] = items[at] with { Key = newKey };
        return true;
    }

    /// <summary>Returns the changes to the document, except removals.</summary>
    /// <param name="metadata">The mapping that contains this mapping, or will contain it.</param>
    /// <param name="after">The entry after which a new mapping is inserted. Null for the last entry.</param>
    public IEnumerable<ManifestChange> Changes(MappingNode metadata, MappingEntry? after)
    {
        foreach (var item in items)
        {
            if (item.Origin is not null && item.Value is not null)
                yield return new SetEntry(item.Origin, item.Key, item.Value);
            else if (item.Origin is not null && item.Key != item.Origin.Key.Value)
                yield return new RenameEntry(item.Origin, item.Key);
        }

        var added = Added;
        if (added.Count == 0)
            yield break;
        if (mapping is not { Entries.Count: > 0 })
        {
            yield return metadata.Find(Name) is { } entry
                ? new SetEntry(entry, Name, added)
                : new AddEntry(metadata, Name, added, after);
            yield break;
        }

        var replaced = Replaces ? Gone.First() : null;
        var isFirst = replaced is not null;
        foreach (var (key, value) in added)
        {
            yield return isFirst ? new SetEntry(replaced!, key, value!.DeepClone()) : new AddEntry(mapping, key, value!.DeepClone(), replaced ?? Predecessor(key));
            isFirst = false;
        }
    }

    // A new key is inserted after the keys with the same prefix.
    private MappingEntry? Predecessor(string key)
    {
        var staying = mapping!.Entries.FindAll(entry => !Gone.Contains(entry));
        var prefix = key[..(key.IndexOf('/', StringComparison.Ordinal) + 1)];
        return (prefix.Length == 0 ? null : staying.FindLast(entry => entry.Key.Value.StartsWith(prefix, StringComparison.Ordinal))) ?? staying.LastOrDefault();
    }

    private sealed record Item(MappingEntry? Origin, string Key, string? Value)
    {
        public string Text => Value ?? (Origin!.Value.Resolved as ScalarNode)?.Value ?? "";

        public bool IsString => Value is not null || (Origin!.Value.Resolved is ScalarNode { IsNull: false } scalar && ScalarType.IsString(scalar));
    }
}
