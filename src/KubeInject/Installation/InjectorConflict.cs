using KubeInject.Annotations;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Installation;

/// <summary>Finds another injector that acts on the same pods as the installation.</summary>
internal static class InjectorConflict
{
    /// <summary>Describes the conflict, with the remedy. Null if there is none.</summary>
    public static async Task<string?> FindAsync(KubeObjectClient client, InstallationOptions options, CancellationToken cancellationToken)
    {
        var pod = new Dictionary<string, string>(StringComparer.Ordinal) { [options.Annotations.LabelKey] = MetadataChecks.LabelValue };
        await foreach (var configuration in client.ListAsync(InstallationObject.WebhookConfigurations, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (configuration.Name == InstallationOptions.DefaultName)
                continue;
            foreach (var webhook in MutatingWebhook.Read(configuration).Where(webhook =>
                webhook.IsForNewPods && webhook.ObjectSelector.Matches(pod) && InjectorSignature.Find(webhook, InjectionDialect.VaultDbInjector, options.Annotations) is not null))
            {
                if (await FindSharedNamespaceAsync(client, webhook.NamespaceSelector, options, cancellationToken).ConfigureAwait(false) is { } shared)
                {
                    return $"{webhook} selects the same pods, for example in the namespace {shared}, so they would get credentials twice. "
                        + "Specify another label, or a label of the namespaces in which KubeInject acts and the other injector does not.";
                }
            }
        }

        return null;
    }

    // Returns the first namespace in which both act.
    private static async Task<string?> FindSharedNamespaceAsync(KubeObjectClient client, LabelSelector theirs, InstallationOptions options, CancellationToken cancellationToken)
    {
        await foreach (var found in client.ListMetadataAsync(KubeResource.Namespaces, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            // Every namespace has this label since Kubernetes 1.21.
            var labels = new Dictionary<string, string>(found.Labels, StringComparer.Ordinal) { [MutatingWebhook.NamespaceNameLabel] = found.Name };
            if (theirs.Matches(labels) && Selects(options, found.Name, labels))
                return found.Name;
        }

        return null;
    }

    // As in deploy/webhook.yaml.
    private static bool Selects(InstallationOptions options, string name, Dictionary<string, string> labels) =>
        name != "kube-system" && name != options.Namespace && options.NamespaceLabels.All(label => labels.GetValueOrDefault(label.Key) == label.Value);
}
