using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Injection;

/// <summary>Creates the changes to a manifest that inject the variables of a pod template.</summary>
internal static class ManifestInjection
{
    /// <param name="template">The pod template.</param>
    /// <param name="variables">The variables, in their final order.</param>
    /// <param name="uuids">The databases, in the order of their names, with the UUID of each.</param>
    public static IEnumerable<ManifestChange> Changes(
        ManifestPodTemplate template, IReadOnlyList<EnvironmentEntry> variables, IEnumerable<KeyValuePair<string, Guid>> uuids) =>
        Changes(template.Annotations!, [.. uuids]).Concat(template.Containers.SelectMany(container => Changes(container.Node, variables)));

    /// <summary>Returns whether a container gets any of the variables from a Secret.</summary>
    public static bool TakesFromSecret(MappingNode container, IReadOnlySet<string> variables) => ItemsOf(container).Any(item =>
        NameOf(item) is { } name && variables.Contains(name)
        && (item.Find("valueFrom")?.Value.Resolved as MappingNode)?.Find("secretKeyRef") is not null);

    private static IEnumerable<ManifestChange> Changes(MappingNode annotations, IReadOnlyList<KeyValuePair<string, Guid>> uuids)
    {
        var list = string.Join(',', uuids.Select(pair => pair.Value));
        if (annotations.Find(InjectionAnnotation.Uuid) is { } present)
        {
            yield return new SetEntry(present, InjectionAnnotation.Uuid, list);
        }
        else
        {
            var last = annotations.Entries.LastOrDefault(entry => entry.Key.Value.StartsWith(InjectionAnnotation.Prefix, StringComparison.Ordinal));
            yield return new AddEntry(annotations, InjectionAnnotation.Uuid, list, last);
        }

        // The old UUID in the key from the injector's manual would still name the previous lease.
        foreach (var (database, uuid) in uuids)
        {
            if (annotations.Find(InjectionAnnotation.ForDatabase(database, DatabaseSetting.LegacyUuid)) is { } legacy)
                yield return new SetEntry(legacy, legacy.Key.Value, uuid.ToString());
        }
    }

    private static IEnumerable<ManifestChange> Changes(MappingNode container, IReadOnlyList<EnvironmentEntry> variables)
    {
        var declared = container.Find("env");
        var items = ItemsOf(container);
        var added = new JsonArray();
        foreach (var variable in variables)
        {
            var same = items.FindAll(item => NameOf(item) == variable.Name);
            foreach (var item in same)
                yield return Replace(item, variable);
            if (same.Count == 0)
                added.Add((JsonNode)new JsonObject { ["name"] = variable.Name, [variable.Key] = variable.Content.DeepClone() });
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

    private static List<MappingNode> ItemsOf(MappingNode container) =>
        (container.Find("env")?.Value.Resolved as SequenceNode)?.Items.Select(item => (MappingNode)item.Resolved).ToList() ?? [];

    private static string? NameOf(MappingNode item) => (item.Find("name")?.Value.Resolved as ScalarNode)?.Value;

    // A variable has a value, or a valueFrom, or neither, which means an empty value.
    private static ManifestChange Replace(MappingNode item, EnvironmentEntry variable) => (item.Find("value") ?? item.Find("valueFrom")) is { } entry
        ? new SetEntry(entry, variable.Key, variable.Content.DeepClone())
        : new AddEntry(item, variable.Key, variable.Content.DeepClone());

    // The usual position of env is after name and image. Both are single lines, so the following lines are unchanged.
    private static MappingEntry? UsualPredecessor(MappingNode container) =>
        container.Entries.Find(entry => entry.Key.Value == "image") ?? container.Entries.Find(entry => entry.Key.Value == "name");
}
