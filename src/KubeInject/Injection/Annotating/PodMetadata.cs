using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Injection.Annotating;

/// <summary>The labels and annotations of a pod template in a manifest, and of the workload around it, while they are changed.</summary>
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

    /// <summary>Makes a change.</summary>
    /// <returns>Whether it changed anything.</returns>
    public bool Apply(MetadataChange change) => change switch
    {
        SetMetadata set => ofPod[set.Field].Set(set.Key, set.RawValue),
        RemoveMetadata remove => ofPod[remove.Field].Remove(remove.Key) is not null,
        RenameMetadata rename => ofPod[rename.Field].Rename(rename.Key, rename.NewKey),
        MoveMetadata move => Move(move),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    /// <summary>What has to change in the document for all that was applied.</summary>
    public IReadOnlyList<ManifestChange> Changes()
    {
        var changes = Changes(template.Node, ofPod).Concat(Changes(template.Object, ofWorkload)).ToList();
        var extended = changes.Where(change => change is AddEntry or SetEntry).Select(change => change.Target).ToHashSet();
        var replaced = changes.OfType<SetEntry>().Select(set => set.Entry).ToHashSet();
        var removals = RemoveEntries.Of(ofPod.Values.Concat(ofWorkload.Values).SelectMany(map => map.Removed), extended);
        return [.. changes, .. removals.Where(removal => !removal.Entries.Any(replaced.Contains))];
    }

    // What the pod has of its own is what counted until now.
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
        // A pod has no workload around it.
        if (maps.Count == 0)
            return [];
        var entry = owner.Find("metadata");
        var metadata = entry?.Value.Resolved as MappingNode;
        if (metadata is { Entries.Count: > 0 })
        {
            // What comes stands in the place of what goes where nothing else would be left to stand beside.
            var labels = maps[MetadataField.Label].IsEmptied ? null : metadata.Find("labels");
            return metadata.Entries is [var only] && maps.Values.Any(map => map.IsEmptied) && maps.Values.FirstOrDefault(map => map.Added.Count > 0) is { } comes
                ? [new SetEntry(only, comes.Name, comes.Added)]
                : maps.Values.SelectMany(map => map.Changes(metadata, labels)).OrderBy(change => change.Target == metadata); // behind a last line of both, the inner one's first
        }

        // Where there is no metadata at all, it comes as one piece.
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
