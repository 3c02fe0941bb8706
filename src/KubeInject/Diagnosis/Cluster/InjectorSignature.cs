using KubeInject.Annotations;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Recognizes an installed injector among the webhooks of a cluster, by the names in its manifests or its Helm chart.</summary>
/// <param name="Dialect">The dialect of the annotations that the injector acts on.</param>
/// <param name="Name">The name of the injector in messages.</param>
/// <param name="Identifiers">Strings of which one is in the name of the webhook, of its configuration, or of its Service, or in its path.</param>
internal sealed record InjectorSignature(InjectionDialect Dialect, string Name, string[] Identifiers)
{
    /// <summary>
    /// The webhook of <c>kubeinject serve</c>. Only its name identifies it: the label and the Service can be changed, and other webhooks
    /// can have the same ones.
    /// </summary>
    public static readonly InjectorSignature KubeInject = new(InjectionDialect.VaultDbInjector, "KubeInject", []);

    private static readonly InjectorSignature[] All =
    [
        KubeInject,
        new(InjectionDialect.VaultDbInjector, "the Vault database-credential injector", ["vault-db-injector"]),
        new(InjectionDialect.VaultAgent, "the Vault Agent injector", ["vault-agent-injector", "vault.hashicorp.com"]),
        new(InjectionDialect.BankVaults, "Bank-Vaults' webhook", ["vault-secrets-webhook"]),
    ];

    /// <summary>Whether a webhook with this name belongs to KubeInject.</summary>
    public static bool IsKubeInject(string webhook) => webhook.EndsWith(".kubeinject.io", StringComparison.Ordinal);

    /// <summary>Returns the injector that a webhook belongs to; null if it acts on other annotations, or is unknown.</summary>
    public static InjectorSignature? Find(MutatingWebhook webhook, InjectionDialect dialect, InjectionOptions options) =>
        Array.Find(All, injector => injector.Dialect == dialect && injector.Fits(webhook, options));

    /// <summary>Returns the names of the injectors that act on the annotations of a dialect.</summary>
    public static string NamesOf(InjectionDialect dialect) => string.Join(" or ", All.Where(injector => injector.Dialect == dialect).Select(injector => injector.Name));

    // A webhook that selects by the label of the in-cluster injector belongs to it, regardless of its name.
    private bool Fits(MutatingWebhook webhook, InjectionOptions options) =>
        this == KubeInject ? IsKubeInject(webhook.Name)
        : (Dialect == InjectionDialect.VaultDbInjector && webhook.ObjectSelector.Names(options.LabelKey))
            || new[] { webhook.Name, webhook.Configuration, webhook.Service?.Name ?? "", webhook.Path }
                .Any(text => Identifiers.Any(identifier => text.Contains(identifier, StringComparison.OrdinalIgnoreCase)));
}
