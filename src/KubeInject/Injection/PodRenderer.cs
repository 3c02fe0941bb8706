using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Injection;

/// <summary>Renders a planned injection as changes to the document with the pod template.</summary>
internal static class PodRenderer
{
    /// <summary>Renders the changes for one pod template.</summary>
    /// <param name="template">The pod template.</param>
    /// <param name="pod">Its plan. Without a plan, there are no changes.</param>
    /// <param name="values">Placeholders, or the issued credentials.</param>
    public static IEnumerable<ManifestChange> Render(ManifestPodTemplate template, PlannedPod pod, PodValues values)
    {
        if (pod.Plan is null)
            return [];
        var entries = pod.Plan.Variables.Select((variable, index) => pod.Secret is null
            ? new EnvironmentEntry(variable.Name, "value", values.Texts[index])
            : new EnvironmentEntry(variable.Name, "valueFrom", pod.Secret.SourceOf(variable))).ToDictionary(entry => entry.Name);
        var variables = pod.Plan.Databases.SelectMany(VariableOrder.VariablesOf).ToList();
        var databases = pod.Plan.Databases.Zip(values.Uuids, (database, uuid) => (database.Name, uuid)).ToList();
        return Annotate(template.Annotations!, databases).Concat(template.Containers.SelectMany(container =>
            AddVariables(container.Node, entries, new VariableOrder(container.Container, variables).Inserted)));
    }

    /// <summary>Returns whether a container gets any of the variables from a Secret.</summary>
    public static bool TakesFromSecret(MappingNode container, IReadOnlySet<string> variables) => ItemsOf(container).Any(item =>
        NameOf(item) is { } name && variables.Contains(name)
        && (item.Find("valueFrom")?.Value.Resolved as MappingNode)?.Find("secretKeyRef") is not null);

    private static IEnumerable<ManifestChange> Annotate(MappingNode annotations, IReadOnlyList<(string Name, Guid Uuid)> databases)
    {
        var list = string.Join(',', databases.Select(database => database.Uuid));
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
        foreach (var (name, uuid) in databases)
        {
            if (annotations.Find(InjectionAnnotation.ForDatabase(name, DatabaseSetting.LegacyUuid)) is { } legacy)
                yield return new SetEntry(legacy, legacy.Key.Value, uuid.ToString());
        }
    }

    private static IEnumerable<ManifestChange> AddVariables(
        MappingNode container, Dictionary<string, EnvironmentEntry> entries, IReadOnlyList<(VariableOrder.NewVariable Variable, int Before)> inserted)
    {
        foreach (var item in ItemsOf(container))
        {
            if (NameOf(item) is { } name && entries.TryGetValue(name, out var entry))
            {
                foreach (var change in Replace(item, entry))
                    yield return change;
            }
        }

        var declared = container.Find("env");
        foreach (var group in inserted.GroupBy(variable => variable.Before))
        {
            var items = new JsonArray([.. group.Select(JsonNode (variable) => entries[variable.Variable.Name].ToItem())]);
            if (declared is null)
                yield return new AddEntry(container, "env", items, UsualPredecessor(container));
            else if (declared.Value.Resolved is SequenceNode { Items.Count: > 0 } list)
                yield return new AddItems(list, items, group.Key);
            else
                yield return new SetEntry(declared, "env", items);
        }
    }

    private static List<MappingNode> ItemsOf(MappingNode container) =>
        (container.Find("env")?.Value.Resolved as SequenceNode)?.Items.Select(item => (MappingNode)item.Resolved).ToList() ?? [];

    private static string? NameOf(MappingNode item) => (item.Find("name")?.Value.Resolved as ScalarNode)?.Value;

    // A variable has a value, or a valueFrom, or neither, which means an empty value. Files can also have one of them empty beside the other.
    private static IEnumerable<ManifestChange> Replace(MappingNode item, EnvironmentEntry entry)
    {
        List<MappingEntry> found = [.. item.Entries.Where(found => found.Key.Value == entry.Key), .. item.Entries.Where(found => found.Key.Value != entry.Key && found.Key.Value is "value" or "valueFrom")];
        if (found.Count == 0)
            return [new AddEntry(item, entry.Key, entry.Content.DeepClone())];
        var set = new SetEntry(found[0], entry.Key, entry.Content.DeepClone());
        return found.Count == 1 ? [set] : [set, new RemoveEntries(item, found[1..])];
    }

    // The usual position of env is after name and image. Both are single lines, so the following lines are unchanged.
    private static MappingEntry? UsualPredecessor(MappingNode container) =>
        container.Entries.Find(entry => entry.Key.Value == "image") ?? container.Entries.Find(entry => entry.Key.Value == "name");

    /// <summary>An item of a container's <c>env</c>.</summary>
    /// <param name="Name">The variable's name.</param>
    /// <param name="Key"><c>value</c> or <c>valueFrom</c>.</param>
    /// <param name="Content">The content of that key.</param>
    private sealed record EnvironmentEntry(string Name, string Key, JsonNode Content)
    {
        public JsonObject ToItem() => new JsonObject { ["name"] = Name, [Key] = Content.DeepClone() };
    }
}
