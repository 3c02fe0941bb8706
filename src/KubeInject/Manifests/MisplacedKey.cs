using KubeInject.Annotations;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>An annotation that requests credentials at a position where no injector reads it.</summary>
/// <param name="Key">The key, with its position.</param>
/// <param name="Path">The path of its mapping in the object, <c>spec.annotations</c>; empty for the object itself.</param>
internal sealed record MisplacedKey(ScalarNode Key, string Path)
{
    /// <summary>Finds the misplaced annotations of an object.</summary>
    /// <param name="item">The object.</param>
    /// <param name="templates">The pod templates in the object, and in objects inside it.</param>
    public static IReadOnlyList<MisplacedKey> Find(MappingNode item, IReadOnlyList<ManifestPodTemplate> templates)
    {
        var found = new List<MisplacedKey>();
        var path = new List<string>();
        List<ManifestNode> excluded = [.. templates.Select(template => template.Annotations).OfType<MappingNode>()];
        var repeated = new HashSet<ManifestNode>();

        // The annotations of a workload are another finding, and objects inside have their own.
        if (templates.Any(template => template.Object == item) && (item.Find("metadata")?.Value.Resolved as MappingNode)?.Find("annotations")?.Value.Resolved is { } ofWorkload)
            excluded.Add(ofWorkload);
        excluded.AddRange(templates.Select(template => template.Object).Where(inner => inner != item));
        Search(item);
        return found;

        void Search(ManifestNode value)
        {
            var node = value.Resolved;
            if (node is ScalarNode || excluded.Contains(node) || (node.Aliases.Count > 0 && !repeated.Add(node)))
                return;
            if (node is SequenceNode list)
                list.Items.ForEach(Search);
            if (node is not MappingNode mapping)
                return;
            foreach (var entry in mapping.Entries)
            {
                if (InjectionAnnotation.IsInjectionKey(entry.Key.Value))
                {
                    found.Add(new MisplacedKey(entry.Key, string.Join('.', path)));
                }
                else
                {
                    path.Add(entry.Key.Value);
                    Search(entry.Value);
                    path.RemoveAt(path.Count - 1);
                }
            }
        }
    }
}
