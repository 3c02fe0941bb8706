using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>A field manager that owns fields of a pod template. (https://kubernetes.io/docs/reference/using-api/server-side-apply/)</summary>
/// <param name="Name">The name of the manager.</param>
/// <param name="Applies">Whether it uses server-side apply.</param>
/// <param name="PodFields">The fields of the pod's <c>spec</c> that it owns, in the format of <c>fieldsV1</c>.</param>
internal sealed record TemplateManager(string Name, bool Applies, JsonElement PodFields)
{
    /// <summary>Whether the next write of this manager merges its variables into those of the workload.</summary>
    public bool Merges => Applies || Name is "kubectl-create" or "kubectl-client-side-apply" || WorkloadOwner.NameOfTool(Name) is not null;

    /// <summary>Returns the managers of a pod template, without KubeInject.</summary>
    public static IEnumerable<TemplateManager> Of(KubeObject workload, string templatePath)
    {
        foreach (var entry in workload.ToElement().Get("metadata").Get("managedFields").Items())
        {
            var fields = entry.Get("fieldsV1");
            foreach (var step in templatePath.Split('/', StringSplitOptions.RemoveEmptyEntries))
                fields = fields.Get($"f:{step}");
            fields = fields.Get("f:spec");
            if (fields.Exists() && entry.Text("manager") is { Length: > 0 } name && name != KubeWriteOptions.DefaultFieldManager)
                yield return new TemplateManager(name, entry.Text("operation") == "Apply", fields);
        }
    }

    /// <summary>Returns whether the manager owns a field of a variable: <c>value</c> or <c>valueFrom</c>.</summary>
    public bool Owns(string list, string container, string variable, string field) =>
        Item(Item(PodFields.Get($"f:{list}"), container).Get("f:env"), variable).Get($"f:{field}").Exists();

    private static JsonElement Item(JsonElement list, string name) => list.ValueKind != JsonValueKind.Object ? default
        : list.EnumerateObject().FirstOrDefault(item => item.Text() is { } key && key.StartsWith("k:", StringComparison.Ordinal) && NameIn(key[2..]) == name).Value;

    private static string? NameIn(string key)
    {
        try
        {
            return KubeObject.Parse(key).ToElement().Text("name");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
