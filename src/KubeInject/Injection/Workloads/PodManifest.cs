using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Workloads;

/// <summary>Converts an existing pod to the manifest that creates the same pod.</summary>
internal static partial class PodManifest
{
    // The server sets these fields again.
    private static readonly string[] OfTheServer =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields"];

    // The scheduler chooses the node, the priority class determines the priority, and ephemeral containers cannot be part of a creation.
    private static readonly string[] OfTheCluster = ["nodeName", "priority", "preemptionPolicy", "ephemeralContainers"];

    private const string TokenMount = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Returns the manifest in JSON.</summary>
    public static string ForCreation(KubeObject pod)
    {
        var document = JsonNode.Parse(pod.ToJson())!.AsObject();
        document.Remove("status");
        var metadata = document["metadata"]!.AsObject();
        foreach (var field in OfTheServer)
            metadata.Remove(field);
        if (document["spec"] is JsonObject spec)
        {
            foreach (var field in OfTheCluster)
                spec.Remove(field);
            RemoveTokenVolumes(spec);
        }

        return document.ToJsonString();
    }

    /// <summary>Returns the manifest with a generated name, for a dry run of the creation while the original pod exists.</summary>
    public static KubeObject UnderAnotherName(string json)
    {
        var document = JsonNode.Parse(json)!.AsObject();
        var metadata = document["metadata"]!.AsObject();
        metadata["generateName"] = $"{metadata["name"]}-";
        metadata.Remove("name");
        return KubeObject.Parse(document.ToJsonString());
    }

    // The volume with this generated name might no longer exist, and the new pod gets a new one.
    private static void RemoveTokenVolumes(JsonObject spec)
    {
        var containers = ((string[])["initContainers", "containers"]).SelectMany(list => Objects(spec[list])).ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var container in containers)
        {
            foreach (var mount in Objects(container["volumeMounts"]).Where(mount => Text(mount["mountPath"]) == TokenMount && AdmissionName().IsMatch(Text(mount["name"]))).ToList())
            {
                names.Add(Text(mount["name"]));
                Remove(container, "volumeMounts", mount);
            }
        }

        names.ExceptWith(containers.SelectMany(container => Objects(container["volumeMounts"])).Select(mount => Text(mount["name"])));
        foreach (var volume in Objects(spec["volumes"]).Where(volume => names.Contains(Text(volume["name"]))).ToList())
            Remove(spec, "volumes", volume);
    }

    private static void Remove(JsonObject parent, string list, JsonObject item)
    {
        var items = parent[list]!.AsArray();
        items.Remove(item);
        if (items.Count == 0)
            parent.Remove(list);
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    // kube-api-access-x7k2p; before Kubernetes 1.21 the name of the account's token Secret, default-token-x7k2p.
    [GeneratedRegex(@"\A(?:kube-api-access|.+-token)-[a-z0-9]{5}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AdmissionName();
}
