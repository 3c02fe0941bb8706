namespace KubeInject.Annotations.Dialects;

/// <summary>The annotations of a pod for the Bank-Vaults webhooks: vault-secrets-webhook and its successor secrets-webhook.</summary>
/// <remarks>Source: the annotations of bank-vaults/vault-secrets-webhook and bank-vaults/secrets-webhook.</remarks>
internal sealed class BankVaultsKeys
{
    private static readonly string[] OfBoth =
    [
        "psp-allow-privilege-escalation", "run-as-non-root", "run-as-user", "run-as-group", "readonly-root-fs", "registry-skip-verify",
        "mutate", "mutate-probes",
    ];

    // Settings of a server. The successor supports each of them for Vault and for OpenBao.
    private static readonly string[] OfServer =
    [
        "addr", "image", "image-pull-policy", "role", "path", "skip-verify", "tls-secret", "ignore-missing-secrets", "client-timeout",
        "auth-method", "serviceaccount", "namespace", "agent", "agent-configmap", "agent-once", "agent-share-process-namespace",
        "agent-cpu", "agent-cpu-limit", "agent-cpu-request", "agent-memory", "agent-memory-limit", "agent-memory-request",
        "configfile-path", "agent-env-variables", "ct-configmap", "ct-image", "ct-once", "ct-pull-policy",
        "ct-share-process-namespace", "ct-cpu", "ct-memory", "ct-secrets-mount-path", "ct-inject-in-initcontainers",
    ];

    private static readonly string[] OfServerSinceSuccessor =
    [
        "transit-key-id", "transit-path", "transit-batch-size", "token-auth-mount", "service-account-token-volume-name", "log-level",
        "passthrough", "from-path",
    ];

    private static readonly string[] OfOlder =
    [
        .. OfBoth, .. OfServer.Select(name => "vault-" + name), "vault-env-daemon", "vault-env-delay", "enable-json-log", "vault-env-image",
        "vault-env-image-pull-policy", "transit-key-id", "transit-path", "transit-batch-size", "token-auth-mount",
        "service-account-token-volume-name", "log-level", "vault-env-passthrough", "vault-env-from-path",
    ];

    private static readonly string[] OfSuccessor =
    [
        .. OfBoth, .. OfServer.Concat(OfServerSinceSuccessor).SelectMany(name => (string[])["vault-" + name, "bao-" + name]), "provider",
        "secret-init-daemon", "secret-init-delay", "secret-init-json-log", "secret-init-image", "secret-init-image-pull-policy",
        "aws-region", "aws-load-from-secret", "credentials-namespace", "credentials-secret-name", "aws-tls-secret-arn",
    ];

    // If both keys exist, the key of the successor takes precedence.
    private static readonly (string Prefix, string[] Known)[] Prefixes = [(DialectKey.SecretsWebhookPrefix, OfSuccessor), (DialectKey.BankVaultsPrefix, OfOlder)];

    private readonly SortedDictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, string> annotations;

    public BankVaultsKeys(IReadOnlyDictionary<string, string> annotations)
    {
        this.annotations = annotations;
        foreach (var (key, value) in annotations)
        {
            if (DialectKey.Of(key) == InjectionDialect.BankVaults)
                values[key] = value;
        }
    }

    /// <summary>The complete keys, in ordinal order.</summary>
    public IReadOnlyCollection<string> All => values.Keys;

    /// <summary>Whether the webhook is deactivated for the pod.</summary>
    public bool IsSkipped => Find("mutate") is var (_, value) && value == "skip";

    /// <summary>Returns the first existing setting: its key, and its trimmed value. The names have no prefix.</summary>
    public (string Key, string Value)? Find(params string[] names)
    {
        foreach (var name in names)
        {
            foreach (var (prefix, known) in Prefixes)
            {
                if (known.Contains(name) && values.TryGetValue(prefix + name, out var value) && DatabaseKeys.TextOf(value) is { } text)
                    return (prefix + name, text);
            }
        }

        return null;
    }

    public void Report(FindingList findings)
    {
        foreach (var key in values.Keys)
        {
            var (prefix, known) = Array.Find(Prefixes, pair => key.StartsWith(pair.Prefix, StringComparison.Ordinal));
            var name = key[prefix.Length..];
            if (!known.Contains(name))
                DialectChecks.ReportUnknown(key, prefix, SpellingSuggester.Of(name, known), annotations, findings);
        }
    }
}
