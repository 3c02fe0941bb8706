using KubeInject.Annotations;
using KubeInject.Kubernetes.Client;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Finds the labels by which the installed injectors select pods. Operators can change them.</summary>
internal static class InjectorLabels
{
    /// <inheritdoc cref="FindAsync(InjectionOptions, ClusterCache, CancellationToken)"/>
    public static Task<InjectionOptions> FindAsync(InjectionOptions options, KubeObjectClient client, CancellationToken cancellationToken) =>
        FindAsync(options, new ClusterCache(client), cancellationToken);

    /// <summary>
    /// Returns the settings with the labels of the installed injectors: if no label is specified and there is only one, it is
    /// <see cref="InjectionOptions.LabelKey"/>. If the webhooks cannot be read, the settings are returned unchanged.
    /// </summary>
    public static async Task<InjectionOptions> FindAsync(InjectionOptions options, ClusterCache cache, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(cache);
        var webhooks = await cache.WebhooksAsync(cancellationToken).ConfigureAwait(false);
        return webhooks.Value is { } all ? Choose(options, all) : options;
    }

    /// <inheritdoc cref="FindAsync(InjectionOptions, ClusterCache, CancellationToken)"/>
    public static InjectionOptions Choose(InjectionOptions options, IEnumerable<MutatingWebhook> webhooks)
    {
        var labels = webhooks.Where(webhook => webhook.IsForNewPods && InjectorSignature.Find(webhook, InjectionDialect.VaultDbInjector, options) is not null)
            .Select(webhook => LabelOf(webhook, options)).Distinct().Order(StringComparer.Ordinal).ToList();
        return !options.IsLabelSpecified && labels is [{ } only]
            ? options with { LabelKey = only }
            : options with { OtherLabelKeys = [.. labels.OfType<string>().Where(label => label != options.LabelKey)] };
    }

    /// <summary>Returns the label by which a webhook selects pods; null if it selects them by no label, or if that is not clear.</summary>
    public static string? LabelOf(MutatingWebhook webhook, InjectionOptions options)
    {
        var keys = webhook.ObjectSelector.Requirements
            .Where(requirement => requirement.Operator == "Exists" || (requirement.Operator == "In" && requirement.Values.Contains(MetadataChecks.LabelValue, StringComparer.Ordinal)))
            .Select(requirement => requirement.Key).Distinct(StringComparer.Ordinal).ToList();
        return keys.Contains(options.LabelKey, StringComparer.Ordinal) ? options.LabelKey : keys is [var only] ? only : null;
    }

    /// <summary>Describes the label of a webhook and the labels of the other installed injectors, in sentences that each start with a space. Empty if the only label is the default.</summary>
    public static string Describe(InjectionOptions options, MutatingWebhook webhook)
    {
        var label = LabelOf(webhook, options);
        var others = options.OtherLabelKeys.Where(other => other != label).Select(other => $"'{other}'").ToList();
        return (label is null || (label == InjectionOptions.Default.LabelKey && options.OtherLabelKeys.Count == 0) ? ""
                : $" It selects pods by the label '{label}'{(label == options.LabelKey ? "" : $", and not by '{options.LabelKey}'")}.")
            + (others.Count == 0 ? "" : $" Other installed injectors select pods by {string.Join(", ", others)}.");
    }
}
