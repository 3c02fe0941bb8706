using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Installation;

/// <summary>An object of the installation.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Reference">The reference.</param>
/// <param name="Document">The document, as YAML.</param>
internal sealed record InstallationObject(KubeResource Resource, ObjectReference Reference, string Document)
{
    private const string Rbac = "rbac.authorization.k8s.io";

    /// <summary>MutatingWebhookConfigurations.</summary>
    public static KubeResource WebhookConfigurations { get; } =
        new("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", IsNamespaced: false);

    private static readonly KubeResource[] Resources =
    [
        KubeResource.Namespaces, KubeResource.ServiceAccounts, KubeResource.Deployments,
        new("", "v1", "services", "Service"),
        new(Rbac, "v1", "clusterroles", "ClusterRole", IsNamespaced: false),
        new(Rbac, "v1", "clusterrolebindings", "ClusterRoleBinding", IsNamespaced: false),
        new(Rbac, "v1", "roles", "Role"),
        new(Rbac, "v1", "rolebindings", "RoleBinding"),
        new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
        WebhookConfigurations,
    ];

    /// <summary>Returns the object of a document.</summary>
    public static InstallationObject Of(ManifestDocument document)
    {
        var root = (MappingNode)document.Syntax.Root!;
        var metadata = (MappingNode)root.Find("metadata")!.Value;
        var resource = Resources.Single(known => known.Kind == Text(root, "kind"));
        return new InstallationObject(resource, new ObjectReference(resource.Kind, Text(metadata, "namespace"), Text(metadata, "name")!), document.Text);
    }

    /// <summary>The text of a field; null if it does not exist or is not a scalar.</summary>
    public static string? Text(MappingNode mapping, string key) => (mapping.Find(key)?.Value as ScalarNode)?.Value;
}
