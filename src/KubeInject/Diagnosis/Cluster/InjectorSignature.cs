using KubeInject.Annotations;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Recognizes an installed injector among the webhooks of a cluster, by the names in its Helm chart.</summary>
/// <param name="Dialect">The dialect of the annotations that the injector acts on.</param>
/// <param name="Name">The name of the injector in messages.</param>
/// <param name="Identifiers">Strings of which one is in the name of the webhook, of its configuration, or of its Service, or in its path.</param>
internal sealed record InjectorSignature(InjectionDialect Dialect, string Name, string[] Identifiers)
{
    private static readonly InjectorSignature[] All =
    [
        new(InjectionDialect.VaultDbInjector, "the Vault database-credential injector", ["vault-db-injector"]),
        new(InjectionDialect.VaultAgent, "the Vault Agent injector", ["vault-agent-injector", "vault.hashicorp.com"]),
        new(InjectionDialect.BankVaults, "Bank-Vaults' webhook", ["vault-secrets-webhook"]),
    ];

    public static InjectorSignature Of(InjectionDialect dialect) => All.Single(signature => signature.Dialect == dialect);

    /// <summary>Whether a webhook belongs to this injector. A webhook that selects by the injector's label does, regardless of its name.</summary>
    public bool Fits(MutatingWebhook webhook, InjectionOptions options) =>
        (Dialect == InjectionDialect.VaultDbInjector && webhook.ObjectSelector.Names(options.LabelKey))
        || new[] { webhook.Name, webhook.Configuration, webhook.Service?.Name ?? "", webhook.Path }
            .Any(text => Identifiers.Any(identifier => text.Contains(identifier, StringComparison.OrdinalIgnoreCase)));
}
