using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>Reads the API groups and resources of a server (API discovery).</summary>
/// <param name="client">The server.</param>
/// <remarks>https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api, in the format that all versions support.</remarks>
internal sealed class ApiDiscovery(KubeObjectClient client)
{
    // Current and former groups of Kubernetes itself. Custom resources may not use them.
    private static readonly HashSet<string> BuiltIn = new(StringComparer.Ordinal)
    {
        "", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps", "auditregistration.k8s.io", "authentication.k8s.io",
        "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "extensions",
        "flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io", "resource.k8s.io",
        "scheduling.k8s.io", "settings.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
    };

    private IReadOnlyList<ApiGroup>? groups;

    /// <summary>Gets the groups that are not part of Kubernetes itself.</summary>
    public async Task<IReadOnlyList<ApiGroup>> AddedGroupsAsync(CancellationToken cancellationToken) =>
        [.. (await GroupsAsync(cancellationToken).ConfigureAwait(false)).Where(group => !BuiltIn.Contains(group.Name))];

    /// <summary>Gets the resources of a group version whose objects can be listed.</summary>
    public async Task<IReadOnlyList<KubeResource>> ResourcesAsync(string groupName, string version, CancellationToken cancellationToken)
    {
        var path = groupName.Length == 0 ? $"/api/{Uri.EscapeDataString(version)}" : $"/apis/{Uri.EscapeDataString(groupName)}/{Uri.EscapeDataString(version)}";
        var list = await ReadAsync(path, "APIResourceList", "resources", cancellationToken).ConfigureAwait(false);
        return
        [
            .. from resource in list
               where resource.Get("verbs").Items().Any(verb => verb.Text() == "list")
               let plural = resource.Text("name")
               let kind = resource.Text("kind")
               where !string.IsNullOrEmpty(plural) && !string.IsNullOrEmpty(kind) && !plural.Contains('/', StringComparison.Ordinal)
               select new KubeResource(groupName, version, plural, kind, resource.IsTrue("namespaced")),
        ];
    }

    /// <summary>Returns whether the server serves a resource.</summary>
    public async Task<bool> ServesAsync(KubeResource resource, CancellationToken cancellationToken)
    {
        if (resource.Group.Length > 0
            && !(await GroupsAsync(cancellationToken).ConfigureAwait(false)).Any(group => group.Name == resource.Group && group.Versions.Contains(resource.Version, StringComparer.Ordinal)))
            return false;
        var resources = await ResourcesAsync(resource.Group, resource.Version, cancellationToken).ConfigureAwait(false);
        return resources.Any(served => served.Plural == resource.Plural);
    }

    private async Task<IReadOnlyList<ApiGroup>> GroupsAsync(CancellationToken cancellationToken)
    {
        if (groups is not null)
            return groups;
        var list = await ReadAsync("/apis", "APIGroupList", "groups", cancellationToken).ConfigureAwait(false);
        return groups = [.. list.Select(Read).OrderBy(group => group.Name, StringComparer.Ordinal)];

        static ApiGroup Read(JsonElement group)
        {
            var preferred = group.Get("preferredVersion").Text("version");
            var versions = group.Get("versions").Items().Select(version => version.Text("version")).OfType<string>();
            return new ApiGroup(group.Text("name") ?? "", [.. versions.OrderBy(version => version != preferred)]);
        }
    }

    private async Task<IReadOnlyList<JsonElement>> ReadAsync(string path, string kind, string items, CancellationToken cancellationToken)
    {
        var answer = await client.GetJsonAsync(path, cancellationToken).ConfigureAwait(false);
        return answer.Text("kind") == kind && answer.Get(items) is { ValueKind: JsonValueKind.Array or JsonValueKind.Null or JsonValueKind.Undefined } list
            ? [.. list.Items()]
            : throw client.NotKubernetes($"its response to {path} is not of the kind {kind}");
    }
}
