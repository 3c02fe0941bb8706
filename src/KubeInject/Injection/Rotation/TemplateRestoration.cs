using System.Text.Json.Nodes;
using KubeInject.Annotations;

namespace KubeInject.Injection.Rotation;

/// <summary>Restores the old credentials in a pod template. Other changes since then are kept.</summary>
internal static class TemplateRestoration
{
    /// <param name="current">The current template, which is modified.</param>
    /// <param name="before">The template with the old credentials.</param>
    /// <param name="variables">The variables that were changed.</param>
    public static void Restore(JsonObject current, JsonObject before, IReadOnlySet<string> variables)
    {
        Restore(current["metadata"]!["annotations"]!.AsObject(), before["metadata"]!["annotations"]!.AsObject());
        foreach (var list in (string[])["initContainers", "containers"])
        {
            foreach (var container in Objects(current["spec"]?[list]))
            {
                var same = Objects(before["spec"]?[list]).FirstOrDefault(other => NameOf(other) == NameOf(container));
                Restore(container, Objects(same?["env"]).ToList(), variables);
            }
        }
    }

    private static void Restore(JsonObject annotations, JsonObject before)
    {
        foreach (var key in annotations.Select(entry => entry.Key).Where(NamesLeases).ToList())
        {
            if (before[key] is { } value)
                annotations[key] = value.DeepClone();
            else
                annotations.Remove(key);
        }
    }

    private static void Restore(JsonObject container, List<JsonObject> before, IReadOnlySet<string> variables)
    {
        if (container["env"] is not JsonArray items)
            return;
        for (var i = items.Count - 1; i >= 0; i--)
        {
            if (items[i] is not JsonObject item || !variables.Contains(NameOf(item)))
                continue;
            if (before.Find(other => NameOf(other) == NameOf(item)) is { } old)
                items[i] = old.DeepClone();
            else
                items.RemoveAt(i);
        }

        if (items.Count == 0)
            container.Remove("env");
    }

    private static bool NamesLeases(string key) =>
        key == InjectionAnnotation.Uuid || (InjectionAnnotation.IsInjectionKey(key) && key.EndsWith($".{DatabaseSetting.LegacyUuid}", StringComparison.Ordinal));

    private static string NameOf(JsonObject item) => (string?)item["name"] ?? "";

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];
}
