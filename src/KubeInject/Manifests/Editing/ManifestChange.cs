using System.Text.Json.Nodes;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>One thing to change in a document, in terms of its content; how the text has to change follows from it.</summary>
/// <param name="Target">The collection whose content changes.</param>
internal abstract record ManifestChange(ManifestNode Target)
{
    /// <summary>Whether another change asks for just the same.</summary>
    public virtual bool IsSameAs(ManifestChange other) => GetType() == other.GetType() && Target == other.Target;
}

/// <summary>A new key in a mapping that does not have it.</summary>
/// <param name="Mapping">The mapping.</param>
/// <param name="Key">The new key.</param>
/// <param name="Value">Its value: strings, and lists and mappings of them.</param>
/// <param name="After">The entry that it is to follow; null for the last one.</param>
/// <param name="Before">The entry that it is to stand before, where that one has its line to itself.</param>
internal sealed record AddEntry(MappingNode Mapping, string Key, JsonNode Value, MappingEntry? After = null, MappingEntry? Before = null) : ManifestChange(Mapping)
{
    public override bool IsSameAs(ManifestChange other) =>
        base.IsSameAs(other) && Key == ((AddEntry)other).Key && JsonNode.DeepEquals(Value, ((AddEntry)other).Value);
}

/// <summary>Another value for an entry that is there, and another key where that has to change with it.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Key">Its key from now on.</param>
/// <param name="Value">Its value from now on: strings, and lists and mappings of them.</param>
internal sealed record SetEntry(MappingEntry Entry, string Key, JsonNode Value) : ManifestChange(Entry.Key.Parent!)
{
    public override bool IsSameAs(ManifestChange other) =>
        base.IsSameAs(other) && Entry == ((SetEntry)other).Entry && Key == ((SetEntry)other).Key && JsonNode.DeepEquals(Value, ((SetEntry)other).Value);
}

/// <summary>Another key for an entry that is there. Its value stays as it is written.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Key">Its key from now on.</param>
internal sealed record RenameEntry(MappingEntry Entry, string Key) : ManifestChange(Entry.Key.Parent!)
{
    public override bool IsSameAs(ManifestChange other) => base.IsSameAs(other) && Entry == ((RenameEntry)other).Entry && Key == ((RenameEntry)other).Key;
}

/// <summary>Some, not all, of a mapping's entries go.</summary>
/// <param name="Mapping">The mapping.</param>
/// <param name="Entries">The entries.</param>
internal sealed record RemoveEntries(MappingNode Mapping, IReadOnlyList<MappingEntry> Entries) : ManifestChange(Mapping)
{
    /// <summary>What removes entries, and with them each mapping that would have none left.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="extended">Mappings that get other entries, and so stay.</param>
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

    public override bool IsSameAs(ManifestChange other) => base.IsSameAs(other) && Entries.SequenceEqual(((RemoveEntries)other).Entries);

    private static MappingNode MappingOf(MappingEntry entry) => (MappingNode)entry.Key.Parent!;

    private static bool IsEmptied(MappingNode mapping, List<MappingEntry> removed) => mapping.Entries.TrueForAll(removed.Contains);

    private static MappingEntry? OwnerOf(MappingNode mapping) => (mapping.Parent as MappingNode)?.Entries.Find(entry => entry.Value == mapping);
}

/// <summary>More items at the end of a list that has some.</summary>
/// <param name="Sequence">The list.</param>
/// <param name="Items">The items.</param>
internal sealed record AddItems(SequenceNode Sequence, JsonArray Items) : ManifestChange(Sequence)
{
    public override bool IsSameAs(ManifestChange other) => base.IsSameAs(other) && JsonNode.DeepEquals(Items, ((AddItems)other).Items);
}
