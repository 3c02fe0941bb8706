using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Injection.Annotating;

/// <summary>The labels and annotations of a pod template and its workload, with pending changes.</summary>
internal sealed class PodMetadata
{
    private readonly ManifestPodTemplate template;
    private readonly Dictionary<MetadataField, MetadataMap> ofPod;
    private readonly Dictionary<MetadataField, MetadataMap> ofWorkload;

    public PodMetadata(ManifestPodTemplate template)
    {
        this.template = template;
        ofPod = Maps(template.Node);
        ofWorkload = template.Node == template.Object ? [] : Maps(template.Object);
    }

    /// <summary>Applies a change.</summary>
    /// <returns>Whether the change had an effect.</returns>
    public bool Apply(MetadataChange change) => change switch
    {
        SetMetadata set => ofPod[set.Field].Set(set.Key, set.RawValue),
        RemoveMetadata remove => ofPod[remove.Field].Remove(remove.Key) is not null,
        RenameMetadata rename => ofPod[rename.Field].Rename(rename.Key, rename.NewKey),
        MoveMetadata move => Move(move),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    /// <summary>Returns the changes to the document for all applied changes.</summary>
    public IReadOnlyList<ManifestChange> Changes()
    {
        var changes = Changes(template.Node, ofPod).Concat(Changes(template.Object, ofWorkload)).ToList();
        var extended = changes.Where(change => change is AddEntry or SetEntry).Select(change => change.Target).ToHashSet();
        var replaced = changes.OfType<SetEntry>().Select(set => set.Entry).ToHashSet();
        var removals = RemoveEntries.Of(ofPod.Values.Concat(ofWorkload.Values).SelectMany(map => map.Removed), extended);
        return [.. changes, .. removals.Where(removal => !removal.Entries.Any(replaced.Contains))];
    }

    // A key of the pod takes precedence over the moved key.
    private bool Move(MoveMetadata move)
    {
        if (!ofWorkload.TryGetValue(move.Field, out var from) || from.Remove(move.Key) is not { } value)
            return false;
        if (!ofPod[move.Field].Contains(move.Key))
            ofPod[move.Field].Set(move.Key, value);
        return true;
    }

    private static IEnumerable<ManifestChange> Changes(MappingNode owner, Dictionary<MetadataField, MetadataMap> maps)
    {
        // A pod has no separate workload metadata.
        if (maps.Count == 0)
            return [];
        var entry = owner.Find("metadata");
        var metadata = entry?.Value.Resolved as MappingNode;
        if (metadata is { Entries.Count: > 0 })
        {
            // If the only entry is emptied, the new mapping replaces it, to keep the layout.
            var labels = maps[MetadataField.Label].IsEmptied ? null : metadata.Find("labels");
            return metadata.Entries is [var only] && maps.Values.Any(map => map.IsEmptied) && maps.Values.FirstOrDefault(map => map.Added.Count > 0) is { } comes
                ? [new SetEntry(only, comes.Name, comes.Added)]
                : maps.Values.SelectMany(map => map.Changes(metadata, labels)).OrderBy(change => change.Target == metadata); // if both insert after the same line, the lines of the inner mapping come first
        }

        // Without metadata, the whole mapping is added.
        var content = new JsonObject(maps.Values.Where(map => map.Added.Count > 0).Select(map => KeyValuePair.Create<string, JsonNode?>(map.Name, map.Added)));
        return content.Count == 0 ? []
            : entry is not null ? [new SetEntry(entry, "metadata", content)]
            : [new AddEntry(owner, "metadata", content, Before: owner.Entries.Find(other => other.Key.Value == "spec"))];
    }

    private static Dictionary<MetadataField, MetadataMap> Maps(MappingNode owner)
    {
        var metadata = owner.Find("metadata")?.Value.Resolved as MappingNode;
        return new Dictionary<MetadataField, MetadataMap>
        {
            [MetadataField.Label] = new MetadataMap("labels", metadata),
            [MetadataField.Annotation] = new MetadataMap("annotations", metadata),
        };
    }
}
