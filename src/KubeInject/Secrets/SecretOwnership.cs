using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Secrets;

/// <summary>Determines whether another component manages a Secret. It could revert a change or fail because of it.</summary>
internal static class SecretOwnership
{
    private const string HelmType = "helm.sh/release.v1";

    /// <summary>Gets the reason not to change a Secret, as a clause for a message; null if no component is known to manage it.</summary>
    public static string? ReasonToKeep(KubeObject secret)
    {
        var document = secret.ToElement();
        var metadata = document.Get("metadata");
        foreach (var owner in metadata.Get("ownerReferences").Items())
            return $"it belongs to {owner.Text("kind")} {owner.Text("name")}";
        switch (document.Text("type"))
        {
            case KubeLeaseStore.SecretType:
                return "it is a lease record of KubeInject";
            case HelmType:
                return "it is a release record of Helm";
            case "kubernetes.io/service-account-token":
                return "it is a ServiceAccount token, which the cluster manages";
            case "bootstrap.kubernetes.io/token":
                return "it is a bootstrap token of the cluster";
        }

        var labels = metadata.Get("labels").Texts();
        if (labels.Keys.Any(label => label.StartsWith(KubeLeaseStore.DeliveryLabel, StringComparison.Ordinal)))
            return "it contains the credentials of a KubeInject lease and is deleted with the lease";
        return labels.TryGetValue(KubeLeaseStore.ManagedByLabel, out var manager) && manager.Length > 0 && manager != KubeWriteOptions.DefaultFieldManager
            ? $"it is managed by {manager}"
            : null;
    }
}
