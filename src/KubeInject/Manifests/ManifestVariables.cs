using KubeInject.Annotations;
using KubeInject.Kubernetes;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>
/// The keys of the ConfigMaps and Secrets of a manifest, which its pods may take variables from. They are gathered when a
/// pod first asks. Values are not looked at.
/// </summary>
/// <param name="documents">All documents of the manifest.</param>
internal sealed class ManifestVariables(IReadOnlyList<SyntaxDocument> documents)
{
    private Dictionary<(string Kind, string? Namespace, string Name), IReadOnlyList<string>>? known;

    /// <summary>The template with the keys of those sources that stand in the manifest.</summary>
    public PodTemplate FillIn(PodTemplate template)
    {
        if (template.Containers.All(container => container.VariableSources.Count == 0) || !template.Annotations.Keys.Any(InjectionAnnotation.IsInjectionKey))
            return template;
        known ??= Gather();
        return known.Count == 0 ? template : template with
        {
            Containers = [.. template.Containers.Select(container => container with
            {
                VariableSources = [.. container.VariableSources.Select(source => source with
                {
                    Keys = known.GetValueOrDefault((source.Kind, template.Object.Namespace, source.Name)),
                })],
            })],
        };
    }

    private Dictionary<(string, string?, string), IReadOnlyList<string>> Gather()
    {
        var keys = new Dictionary<(string, string?, string), IReadOnlyList<string>>();
        foreach (var item in documents.SelectMany(document => Items(document.Root)))
        {
            if (Text(item, "kind") is ("ConfigMap" or "Secret") and var kind && Text(item, "apiVersion") == "v1" && Mapping(item, "metadata") is { } metadata)
                keys[(kind, Text(metadata, "namespace"), Text(metadata, "name") ?? "")] = [.. Keys(item, "data"), .. Keys(item, "stringData")];
        }

        return keys;
    }

    private static IEnumerable<MappingNode> Items(ManifestNode? node) =>
        node?.Resolved is not MappingNode item ? []
        : Text(item, "kind") == "List" && item.Find("items")?.Value.Resolved is SequenceNode list ? list.Items.SelectMany(Items)
        : [item];

    private static IEnumerable<string> Keys(MappingNode item, string field) => Mapping(item, field)?.AllEntries().Select(entry => entry.Key.Value) ?? [];

    private static MappingNode? Mapping(MappingNode parent, string key) => parent.Find(key)?.Value.Resolved as MappingNode;

    private static string? Text(MappingNode mapping, string key) =>
        mapping.Find(key)?.Value.Resolved is ScalarNode { IsNull: false, Value: not "" } scalar ? scalar.Value : null;
}
