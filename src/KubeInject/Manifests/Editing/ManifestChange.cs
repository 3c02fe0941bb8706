using System.Text.Json.Nodes;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>One thing to change in a document, in terms of its content; how the text has to change follows from it.</summary>
/// <param name="Target">The collection whose content changes.</param>
/// <param name="Value">What is to stand there: strings, and lists and mappings of them.</param>
internal abstract record ManifestChange(ManifestNode Target, JsonNode Value)
{
    /// <summary>Whether another change asks for just the same.</summary>
    public virtual bool IsSameAs(ManifestChange other) =>
        GetType() == other.GetType() && Target == other.Target && JsonNode.DeepEquals(Value, other.Value);
}

/// <summary>A new key in a mapping that does not have it.</summary>
/// <param name="Mapping">The mapping.</param>
/// <param name="Key">The new key.</param>
/// <param name="Value">Its value.</param>
/// <param name="After">The entry that it is to follow; null for the last one.</param>
internal sealed record AddEntry(MappingNode Mapping, string Key, JsonNode Value, MappingEntry? After = null) : ManifestChange(Mapping, Value)
{
    public override bool IsSameAs(ManifestChange other) => base.IsSameAs(other) && Key == ((AddEntry)other).Key;
}

/// <summary>Another value for an entry that is there, and another key where that has to change with it.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Key">Its key from now on.</param>
/// <param name="Value">Its value from now on.</param>
internal sealed record SetEntry(MappingEntry Entry, string Key, JsonNode Value) : ManifestChange(Entry.Key.Parent!, Value)
{
    public override bool IsSameAs(ManifestChange other) => base.IsSameAs(other) && Entry == ((SetEntry)other).Entry && Key == ((SetEntry)other).Key;
}

/// <summary>More items at the end of a list that has some.</summary>
/// <param name="Sequence">The list.</param>
/// <param name="Items">The items.</param>
internal sealed record AddItems(SequenceNode Sequence, JsonArray Items) : ManifestChange(Sequence, Items);
