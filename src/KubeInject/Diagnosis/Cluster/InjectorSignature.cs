using KubeInject.Annotations;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>By what an installed injector is recognised among the webhooks of a cluster, as their own charts install them.</summary>
/// <param name="Dialect">Whose annotations it acts on.</param>
/// <param name="Name">What it is called, for messages.</param>
/// <param name="Marks">Of these one is in the webhook's name, or that of its configuration or Service, or in its path.</param>
internal sealed record InjectorSignature(InjectionDialect Dialect, string Name, string[] Marks)
{
    private static readonly InjectorSignature[] All =
    [
        new(InjectionDialect.VaultDbInjector, "the Vault database-credential injector", ["vault-db-injector"]),
        new(InjectionDialect.VaultAgent, "the Vault Agent injector", ["vault-agent-injector", "vault.hashicorp.com"]),
        new(InjectionDialect.BankVaults, "Bank-Vaults' webhook", ["vault-secrets-webhook"]),
    ];

    public static InjectorSignature Of(InjectionDialect dialect) => All.Single(signature => signature.Dialect == dialect);

    /// <summary>Whether a webhook is this injector's. What goes by the label that the injector goes by is, whatever its name.</summary>
    public bool Fits(MutatingWebhook webhook, InjectionOptions options) =>
        (Dialect == InjectionDialect.VaultDbInjector && webhook.ObjectSelector.Names(options.LabelKey))
        || new[] { webhook.Name, webhook.Configuration, webhook.Service?.Name ?? "", webhook.Path }
            .Any(text => Marks.Any(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase)));
}
