using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>
/// The keys of the ConfigMaps and Secrets of a manifest, which pods can use as variables. Values are not read.
/// </summary>
internal sealed class ManifestVariables
{
    private readonly Dictionary<(string Kind, string? Namespace, string Name), IReadOnlyList<string>> known = [];

    /// <summary>Returns whether a template requests credentials and also uses variables from ConfigMaps or Secrets.</summary>
    public static bool AreTakenBy(PodTemplate template) =>
        template.Containers.Any(container => container.VariableSources.Count > 0) && template.Annotations.Keys.Any(InjectionAnnotation.IsInjectionKey);

    /// <summary>Adds the keys of a document.</summary>
    public void Gather(SyntaxDocument document)
    {
        foreach (var item in Items(document.Root))
        {
            if (Text(item, "kind") is ("ConfigMap" or "Secret") and var kind && Text(item, "apiVersion") == "v1" && Mapping(item, "metadata") is { } metadata)
                known[(kind, Text(metadata, "namespace"), Text(metadata, "name") ?? "")] = [.. Keys(item, "data"), .. Keys(item, "stringData")];
        }
    }

    /// <summary>Returns the template with the keys of the ConfigMaps and Secrets that are in the manifest.</summary>
    public PodTemplate FillIn(PodTemplate template) => known.Count == 0 || !AreTakenBy(template) ? template : template with
    {
        Containers = [.. template.Containers.Select(container => container with
        {
            VariableSources = [.. container.VariableSources.Select(source => source with
            {
                Keys = known.GetValueOrDefault((source.Kind, template.Object.Namespace, source.Name)),
            })],
        })],
    };

    private static IEnumerable<MappingNode> Items(ManifestNode? node) =>
        node?.Resolved is not MappingNode item ? []
        : Text(item, "kind") == "List" && item.Find("items")?.Value.Resolved is SequenceNode list ? list.Items.SelectMany(Items)
        : [item];

    private static IEnumerable<string> Keys(MappingNode item, string field) => Mapping(item, field)?.AllEntries().Select(entry => entry.Key.Value) ?? [];

    private static MappingNode? Mapping(MappingNode parent, string key) => parent.Find(key)?.Value.Resolved as MappingNode;

    private static string? Text(MappingNode mapping, string key) =>
        mapping.Find(key)?.Value.Resolved is ScalarNode { IsNull: false, Value: not "" } scalar ? scalar.Value : null;
}
