using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Injection;

/// <summary>Says what has to change in a manifest for a pod template to get its variables.</summary>
internal static class ManifestInjection
{
    /// <param name="template">The pod template.</param>
    /// <param name="values">Names and values of the variables, in the order in which they are to stand.</param>
    /// <param name="uuids">One UUID per database, in the order of the databases.</param>
    public static IEnumerable<ManifestChange> Changes(
        ManifestPodTemplate template, IReadOnlyList<KeyValuePair<string, string>> values, IEnumerable<Guid> uuids)
    {
        var annotations = template.Annotations!;
        var last = annotations.Entries.LastOrDefault(entry => entry.Key.Value.StartsWith(InjectionAnnotation.Prefix, StringComparison.Ordinal));
        yield return new AddEntry(annotations, InjectionAnnotation.Uuid, string.Join(',', uuids), last);

        foreach (var change in template.Containers.SelectMany(container => Changes(container.Node, values)))
            yield return change;
    }

    private static IEnumerable<ManifestChange> Changes(MappingNode container, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        var declared = container.Find("env");
        var items = (declared?.Value.Resolved as SequenceNode)?.Items.Select(item => (MappingNode)item.Resolved).ToList() ?? [];
        var added = new JsonArray();
        foreach (var (name, value) in values)
        {
            var same = items.Where(item => item.Find("name")?.Value.Resolved is ScalarNode scalar && scalar.Value == name).ToList();
            foreach (var item in same)
                yield return Replace(item, value);
            if (same.Count == 0)
                added.Add(new JsonObject { ["name"] = name, ["value"] = value });
        }

        if (added.Count == 0)
            yield break;
        if (declared is null)
            yield return new AddEntry(container, "env", added, UsualPredecessor(container));
        else if (items.Count == 0)
            yield return new SetEntry(declared, "env", added);
        else
            yield return new AddItems((SequenceNode)declared.Value.Resolved, added);
    }

    // A variable has a value, or a valueFrom, or neither, which means an empty value.
    private static ManifestChange Replace(MappingNode item, string value) =>
        (item.Find("value") ?? item.Find("valueFrom")) is { } entry ? new SetEntry(entry, "value", value) : new AddEntry(item, "value", value);

    // Where people write env: behind name and image. Both are one line, so that what follows stays as it is.
    private static MappingEntry? UsualPredecessor(MappingNode container) =>
        container.Entries.Find(entry => entry.Key.Value == "image") ?? container.Entries.Find(entry => entry.Key.Value == "name");
}
