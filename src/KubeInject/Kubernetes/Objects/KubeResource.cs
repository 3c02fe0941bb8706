using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Objects;

/// <summary>A resource of the Kubernetes API.</summary>
/// <param name="Group">The API group, <c>apps</c>; empty for the core group.</param>
/// <param name="Version">The version of the group: <c>v1</c>.</param>
/// <param name="Plural">The name in paths: <c>deployments</c>.</param>
/// <param name="Kind">The name in documents: <c>Deployment</c>.</param>
/// <param name="IsNamespaced">Whether the objects are in namespaces. Default: true.</param>
internal sealed record KubeResource(string Group, string Version, string Plural, string Kind, bool IsNamespaced = true)
{
    /// <summary>Pods.</summary>
    public static KubeResource Pods { get; } = new("", "v1", "pods", "Pod");

    /// <summary>Secrets.</summary>
    public static KubeResource Secrets { get; } = new("", "v1", "secrets", "Secret");

    /// <summary>ConfigMaps.</summary>
    public static KubeResource ConfigMaps { get; } = new("", "v1", "configmaps", "ConfigMap");

    /// <summary>ServiceAccounts.</summary>
    public static KubeResource ServiceAccounts { get; } = new("", "v1", "serviceaccounts", "ServiceAccount");

    /// <summary>Namespaces.</summary>
    public static KubeResource Namespaces { get; } = new("", "v1", "namespaces", "Namespace", IsNamespaced: false);

    /// <summary>Deployments.</summary>
    public static KubeResource Deployments { get; } = new("apps", "v1", "deployments", "Deployment");

    /// <summary>ReplicaSets.</summary>
    public static KubeResource ReplicaSets { get; } = new("apps", "v1", "replicasets", "ReplicaSet");

    /// <summary>StatefulSets.</summary>
    public static KubeResource StatefulSets { get; } = new("apps", "v1", "statefulsets", "StatefulSet");

    /// <summary>DaemonSets.</summary>
    public static KubeResource DaemonSets { get; } = new("apps", "v1", "daemonsets", "DaemonSet");

    /// <summary>Jobs.</summary>
    public static KubeResource Jobs { get; } = new("batch", "v1", "jobs", "Job");

    /// <summary>CronJobs, as Kubernetes 1.21 and later serve them.</summary>
    public static KubeResource CronJobs { get; } = new("batch", "v1", "cronjobs", "CronJob");

    /// <summary>Leases, which elect leaders.</summary>
    public static KubeResource Leases { get; } = new("coordination.k8s.io", "v1", "leases", "Lease");

    /// <summary>The group and version as in documents: <c>apps/v1</c>, <c>v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Gets the path of an object.</summary>
    internal string ObjectPath(string name, string @namespace, string? subresource = null)
    {
        // Without a name the path would be that of the list.
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return $"{ListPath(@namespace)}/{Segment(name)}{(subresource is null ? "" : $"/{subresource}")}";
    }

    /// <summary>Gets the path of the list of a namespace; null for all namespaces.</summary>
    internal string ListPath(string? @namespace)
    {
        var group = Group.Length == 0 ? $"/api/{Uri.EscapeDataString(Version)}" : $"/apis/{Uri.EscapeDataString(Group)}/{Uri.EscapeDataString(Version)}";
        var scope = IsNamespaced && @namespace is not null ? $"/namespaces/{Segment(@namespace)}" : "";
        return $"{group}{scope}/{Uri.EscapeDataString(Plural)}";
    }

    // The API server decodes an escaped slash, so the path would be that of another endpoint.
    private static string Segment(string name) => ObjectName.IsPathSegment(name)
        ? Uri.EscapeDataString(name)
        : throw new KubeApiException(400, KubeApiReason.BadRequest, $"'{name}' is not a valid name of an object or a namespace.");
}
