using System.Text.Json.Nodes;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>A change to the content of a document.</summary>
/// <param name="Target">The collection whose content changes.</param>
internal abstract record ManifestChange(ManifestNode Target)
{
    /// <summary>Returns whether another change is identical.</summary>
    public bool IsSameAs(ManifestChange other) => ReferenceEquals(this, other) || (GetType() == other.GetType() && Target == other.Target && HasSameContent(other));

    /// <summary>Returns whether another change of the same type, to the same collection, is identical.</summary>
    protected abstract bool HasSameContent(ManifestChange other);
}

/// <summary>A new key in a mapping that does not have it.</summary>
/// <param name="Mapping">The mapping.</param>
/// <param name="Key">The new key.</param>
/// <param name="Value">The value: a string, or lists and mappings of strings.</param>
/// <param name="After">The existing entry after which the new entry is inserted. Null for the last entry.</param>
/// <param name="Before">The existing entry before which the new entry is inserted, if it starts its own line.</param>
internal sealed record AddEntry(MappingNode Mapping, string Key, JsonNode Value, MappingEntry? After = null, MappingEntry? Before = null) : ManifestChange(Mapping)
{
    protected override bool HasSameContent(ManifestChange other) =>
        Key == ((AddEntry)other).Key && JsonNode.DeepEquals(Value, ((AddEntry)other).Value);
}

/// <summary>Replaces the value of an existing entry and, if necessary, its key.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Key">The new key.</param>
/// <param name="Value">The new value: a string, or lists and mappings of strings.</param>
internal sealed record SetEntry(MappingEntry Entry, string Key, JsonNode Value) : ManifestChange(Entry.Key.Parent!)
{
    protected override bool HasSameContent(ManifestChange other) =>
        Entry == ((SetEntry)other).Entry && Key == ((SetEntry)other).Key && JsonNode.DeepEquals(Value, ((SetEntry)other).Value);
}

/// <summary>Replaces the key of an existing entry. The text of the value is unchanged.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Key">The new key.</param>
internal sealed record RenameEntry(MappingEntry Entry, string Key) : ManifestChange(Entry.Key.Parent!)
{
    protected override bool HasSameContent(ManifestChange other) => Entry == ((RenameEntry)other).Entry && Key == ((RenameEntry)other).Key;
}

/// <summary>Removes some, but not all, entries of a mapping.</summary>
/// <param name="Mapping">The mapping.</param>
/// <param name="Entries">The entries.</param>
internal sealed record RemoveEntries(MappingNode Mapping, IReadOnlyList<MappingEntry> Entries) : ManifestChange(Mapping)
{
    /// <summary>Returns the changes that remove entries, and each mapping that becomes empty.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="extended">The mappings that get new entries and are therefore kept.</param>
    public static IEnumerable<RemoveEntries> Of(IEnumerable<MappingEntry> entries, IReadOnlyCollection<ManifestNode> extended)
    {
        var removed = entries.ToList();
        while (removed.Select(MappingOf).FirstOrDefault(mapping => IsEmptied(mapping, removed) && !extended.Contains(mapping) && OwnerOf(mapping) is not null) is { } emptied)
        {
            removed.RemoveAll(emptied.Entries.Contains);
            removed.Add(OwnerOf(emptied)!);
        }

        return removed.GroupBy(MappingOf).Select(group => new RemoveEntries(group.Key, [.. group]));
    }

    protected override bool HasSameContent(ManifestChange other) => Entries.SequenceEqual(((RemoveEntries)other).Entries);

    private static MappingNode MappingOf(MappingEntry entry) => (MappingNode)entry.Key.Parent!;

    private static bool IsEmptied(MappingNode mapping, List<MappingEntry> removed) => mapping.Entries.TrueForAll(removed.Contains);

    private static MappingEntry? OwnerOf(MappingNode mapping) => (mapping.Parent as MappingNode)?.Entries.Find(entry => entry.Value == mapping);
}

/// <summary>Adds items to a list that is not empty.</summary>
/// <param name="Sequence">The list.</param>
/// <param name="Items">The items.</param>
/// <param name="Before">The index of the existing item before which the new items are inserted; the number of items to add them at the end.</param>
internal sealed record AddItems(SequenceNode Sequence, JsonArray Items, int Before) : ManifestChange(Sequence)
{
    protected override bool HasSameContent(ManifestChange other) =>
        Before == ((AddItems)other).Before && JsonNode.DeepEquals(Items, ((AddItems)other).Items);
}
