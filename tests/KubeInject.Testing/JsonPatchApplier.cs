using System.Globalization;
using System.Text.Json.Nodes;

namespace KubeInject.Testing;

/// <summary>Applies a JSON Patch as RFC 6902 describes, with the operations add, remove and replace.</summary>
public static class JsonPatchApplier
{
    public static JsonObject Apply(JsonObject document, JsonArray patch)
    {
        var result = (JsonObject)document.DeepClone();
        foreach (var operation in patch)
            Apply(result, operation!["op"]!.GetValue<string>(), operation["path"]!.GetValue<string>(), operation["value"]);
        return result;
    }

    private static void Apply(JsonNode document, string operation, string path, JsonNode? value)
    {
        var steps = path.Split('/').Skip(1).Select(step => step.Replace("~1", "/").Replace("~0", "~")).ToList();
        var parent = steps.SkipLast(1).Aggregate(document, (node, step) => node is JsonArray list ? list[Index(step)]! : node[step] ?? throw new InvalidOperationException($"{path} does not exist."));
        if (parent is JsonArray array)
            ApplyTo(array, operation, steps[^1], value);
        else
            ApplyTo((JsonObject)parent, operation, steps[^1], value);
    }

    private static void ApplyTo(JsonArray array, string operation, string step, JsonNode? value)
    {
        if (operation == "add")
            array.Insert(Index(step), value?.DeepClone());
        else
            throw new InvalidOperationException($"The operation {operation} is not expected for an item.");
    }

    private static void ApplyTo(JsonObject mapping, string operation, string key, JsonNode? value)
    {
        if (operation != "add" && !mapping.ContainsKey(key))
            throw new InvalidOperationException($"{key} does not exist.");
        if (operation == "remove")
            mapping.Remove(key);
        else
            mapping[key] = value?.DeepClone();
    }

    private static int Index(string step) => int.Parse(step, NumberStyles.None, CultureInfo.InvariantCulture);
}
