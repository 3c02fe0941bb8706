using System.Text.Json.Nodes;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests.Editing;

/// <summary>
/// Parses an edited document and compares its nodes with the original and the expected changes. A document with an
/// unexpected difference is never returned, whatever its layout.
/// </summary>
internal sealed class ChangeVerifier
{
    private readonly ILookup<ManifestNode, ManifestChange> changes;

    private ChangeVerifier(IEnumerable<ManifestChange> changes)
    {
        this.changes = changes.ToLookup(change => change.Target);
    }

    /// <summary>Returns whether the edited text differs from the original only by the changes.</summary>
    public static bool IsAsMeant(ManifestDocument original, IReadOnlyList<ManifestChange> changes, string edited)
    {
        try
        {
            return Manifest.ReadSingle(edited) is { } root && new ChangeVerifier(changes).IsSame(original.Syntax.Root!, root);
        }
        catch (ManifestException)
        {
            return false;
        }
    }

    /// <summary>Returns whether all changes are additions with correct lines. In this case, the document does not have to be parsed again.</summary>
    public static bool AreAdditionsAsMeant(ManifestDocument original, IEnumerable<(ManifestChange Change, TextEdit[] Edits)> changes)
    {
        var content = original.Source.Content;
        if (!Addition.CanTellLines(content.AsSpan(original.Place)))
            return false;
        List<Addition> additions = [];
        foreach (var (change, edits) in changes)
        {
            if (Addition.Of(content, change, edits) is not { } addition || additions.Exists(addition.IsInTheWayOf)
                || !LineVerifier.AreAsMeant(addition.Edit.Replacement.AsSpan().TrimStart("\r\n"), change, addition.Column))
            {
                return false;
            }

            additions.Add(addition);
        }

        return true;
    }

    private bool IsSame(ManifestNode original, ManifestNode edited)
    {
        if (original.Anchor != edited.Anchor || original.Tag != edited.Tag)
            return false;
        return (original, edited) switch
        {
            (AliasNode before, AliasNode after) => before.Target.Anchor == after.Target.Anchor,
            (ScalarNode before, ScalarNode after) => before.Value == after.Value && before.Style == after.Style,
            (MappingNode before, MappingNode after) => changes.Contains(before) ? IsChangedMapping(before, after) : IsSameMapping(before, after),
            (SequenceNode before, SequenceNode after) => IsSameSequence(before, after),
            _ => false,
        };
    }

    private bool IsSameSequence(SequenceNode original, SequenceNode edited)
    {
        var added = changes.Contains(original) ? changes[original].OfType<AddItems>().ToLookup(add => add.Before, add => add.Items) : null;
        var at = 0;
        for (var i = 0; i <= original.Items.Count; i++)
        {
            foreach (var item in added?[i].SelectMany(items => items) ?? [])
            {
                if (at == edited.Items.Count || !Says(edited.Items[at++], item!))
                    return false;
            }

            if (i < original.Items.Count && (at == edited.Items.Count || !IsSame(original.Items[i], edited.Items[at++])))
                return false;
        }

        return at == edited.Items.Count;
    }

    private bool IsSameMapping(MappingNode original, MappingNode edited)
    {
        if (edited.Entries.Count != original.Entries.Count)
            return false;
        for (var i = 0; i < edited.Entries.Count; i++)
        {
            if (!IsSame(original.Entries[i].Key, edited.Entries[i].Key) || !IsSame(original.Entries[i].Value, edited.Entries[i].Value))
                return false;
        }

        return true;
    }

    private bool IsChangedMapping(MappingNode original, MappingNode edited)
    {
        var added = changes[original].OfType<AddEntry>().ToDictionary(add => add.Key, add => add.Value);
        var set = changes[original].OfType<SetEntry>().ToDictionary(change => change.Entry);
        var renamed = changes[original].OfType<RenameEntry>().ToDictionary(change => change.Entry, change => change.Key);
        var removed = changes[original].OfType<RemoveEntries>().SelectMany(change => change.Entries).ToHashSet();
        var staying = original.Entries.Where(entry => !removed.Contains(entry)).ToList();
        var kept = edited.Entries.Where(entry => !added.ContainsKey(entry.Key.Value)).ToList();
        return edited.Entries.Count == staying.Count + added.Count
            && kept.Count == staying.Count
            && edited.Entries.All(entry => !added.TryGetValue(entry.Key.Value, out var value) || Says(entry.Value, value))
            && staying.Zip(kept).All(pair => set.TryGetValue(pair.First, out var change)
                ? pair.Second.Key.Value == change.Key && Says(pair.Second.Value, change.Value)
                : (renamed.TryGetValue(pair.First, out var key) ? pair.Second.Key.Value == key : IsSame(pair.First.Key, pair.Second.Key))
                    && IsSame(pair.First.Value, pair.Second.Value));
    }

    private static bool Says(ManifestNode node, JsonNode value) => (node, value) switch
    {
        (ScalarNode scalar, JsonValue text) => scalar.Value == text.GetValue<string>() && (scalar.Style != ScalarStyle.Plain || ScalarWriter.IsPlain(scalar.Value)),
        (SequenceNode sequence, JsonArray list) => sequence.Items.Count == list.Count && sequence.Items.Zip(list).All(pair => Says(pair.First, pair.Second!)),
        (MappingNode mapping, JsonObject members) => mapping.Entries.Count == members.Count
            && mapping.Entries.Zip(members).All(pair => pair.First.Key.Value == pair.Second.Key && Says(pair.First.Value, pair.Second.Value!)),
        _ => false,
    };
}
