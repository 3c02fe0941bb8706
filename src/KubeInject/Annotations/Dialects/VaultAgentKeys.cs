namespace KubeInject.Annotations.Dialects;

/// <summary>The annotations of a pod for the Vault Agent injector, grouped by secret.</summary>
/// <remarks>Source: the annotations of hashicorp/vault-k8s, as its documentation lists them and its agent reads them.</remarks>
internal sealed class VaultAgentKeys
{
    public const string Inject = "agent-inject";
    public const string Status = "agent-inject-status";
    public const string Role = "role";
    public const string AuthType = "auth-type";
    public const string ConfigMap = "agent-configmap";
    public const string Containers = "agent-inject-containers";
    public const string InitFirst = "agent-init-first";
    public const string PrePopulate = "agent-pre-populate";
    public const string PrePopulateOnly = "agent-pre-populate-only";
    public const string Token = "agent-inject-token";
    public const string Cache = "agent-cache-enable";

    public const string Secret = "agent-inject-secret";
    public const string Template = "agent-inject-template";
    public const string TemplateFile = "agent-inject-template-file";

    // Settings that are followed by the name of a secret. A longer setting precedes its prefix.
    private static readonly string[] SecretSettings =
    [
        TemplateFile, Template, Secret, "agent-inject-file", "agent-inject-perms", "agent-inject-command", "agent-template-left-delim",
        "agent-template-right-delim", "error-on-missing-key", "preserve-secret-case", "secret-volume-path",
    ];

    // Settings that are followed by the name of a parameter.
    private static readonly string[] Parameters = ["auth-config", "agent-telemetry"];

    private static readonly string[] Booleans =
    [
        InitFirst, PrePopulate, PrePopulateOnly, Token, Cache, "agent-revoke-on-shutdown", "agent-run-as-same-user", "agent-share-process-namespace",
        "agent-set-security-context", "agent-cache-exit-on-err", "agent-enable-quit", "agent-auto-auth-exit-on-err", "tls-skip-verify",
        "preserve-secret-case", "template-config-exit-on-retry-failure",
    ];

    private static readonly string[] KnownNames =
    [
        Inject, Status, Role, AuthType, ConfigMap, Containers, .. Booleans, "agent-inject-default-template", "agent-image",
        "agent-request-namespace", "agent-extra-secret", "agent-limits-cpu", "agent-limits-mem", "agent-limits-ephemeral",
        "agent-requests-cpu", "agent-requests-mem", "agent-requests-ephemeral", "agent-revoke-grace", "namespace", "agent-run-as-user",
        "agent-run-as-group", "agent-service-account-token-volume-name", "service", "proxy-address", "tls-secret", "tls-server-name",
        "ca-cert", "ca-key", "client-cert", "client-key", "client-max-retries", "client-timeout", "go-max-procs", "log-level", "log-format",
        "auth-path", "secret-volume-path", "agent-cache-use-auto-auth-token", "agent-cache-listener-port", "agent-copy-volume-mounts",
        "template-static-secret-render-interval", "template-max-connections-per-host", "template-lease-renewal-threshold",
        "auth-min-backoff", "auth-max-backoff", "agent-disable-idle-connections", "agent-disable-keep-alives", "agent-json-patch",
        "agent-init-json-patch",
    ];

    private static readonly HashSet<string> Known = new(KnownNames, StringComparer.Ordinal);

    private readonly SortedDictionary<string, string> podWide = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, VaultAgentSecret> secrets = new(StringComparer.Ordinal);
    private readonly List<string> unknown = [];
    private readonly List<string> nameless = [];
    private readonly IReadOnlyDictionary<string, string> annotations;

    public VaultAgentKeys(IReadOnlyDictionary<string, string> annotations)
    {
        this.annotations = annotations;
        foreach (var (key, value) in annotations)
        {
            if (key.StartsWith(DialectKey.VaultAgentPrefix, StringComparison.Ordinal))
                Add(key, key[DialectKey.VaultAgentPrefix.Length..], value);
        }
    }

    public bool IsEmpty => podWide.Count + secrets.Count + unknown.Count + nameless.Count == 0;

    /// <summary>The secrets, in ordinal order of their names.</summary>
    public IReadOnlyCollection<VaultAgentSecret> Secrets => secrets.Values;

    /// <summary>The names of the pod-wide settings, in ordinal order.</summary>
    public IEnumerable<string> PodWide => podWide.Keys;

    public static string Key(string name) => DialectKey.VaultAgentPrefix + name;

    /// <summary>Parses a value like Go's strconv.ParseBool. An empty value is false. Null if the value is invalid.</summary>
    public static bool? ParseBoolean(string value) => value switch
    {
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "" or "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => null,
    };

    public bool Has(string name) => podWide.ContainsKey(name);

    public string? Text(string name) => podWide.TryGetValue(name, out var value) ? DatabaseKeys.TextOf(value) : null;

    public bool IsTrue(string name) => podWide.TryGetValue(name, out var value) && ParseBoolean(value) == true;

    public bool IsFalse(string name) => podWide.TryGetValue(name, out var value) && ParseBoolean(value) == false;

    public void Report(FindingList findings)
    {
        foreach (var key in unknown)
            DialectChecks.ReportUnknown(key, DialectKey.VaultAgentPrefix, NearestOf(key[DialectKey.VaultAgentPrefix.Length..]), annotations, findings);
        foreach (var key in nameless)
            findings.Warning(
                FindingCode.MissingSecretName,
                key,
                $"Annotation {Redaction.Key(key)} does not end with the name of a secret and has no effect.",
                $"Add a name for the secret at the end, as in '{Key(Secret)}-orders'.");
        foreach (var name in Booleans.Append(Inject))
        {
            if (podWide.TryGetValue(name, out var value) && ParseBoolean(value) is null)
                findings.Error(
                    FindingCode.InvalidBoolean,
                    Key(name),
                    $"Annotation {Redaction.Key(Key(name))} is neither \"true\" nor \"false\", so the Vault Agent injector refuses the pod.",
                    "Set it to \"true\" or \"false\", and use quotes in YAML.");
        }
    }

    private static string? NearestOf(string name)
    {
        if (SpellingSuggester.Of(name, KnownNames) is { } known && DialectChecks.IsNear(name, known))
            return known;
        for (var dash = name.IndexOf('-', StringComparison.Ordinal); dash >= 0; dash = name.IndexOf('-', dash + 1))
        {
            var stem = name[..dash];
            if (SecretSettings.FirstOrDefault(setting => DialectChecks.IsNear(stem, setting)) is { } setting && dash + 1 < name.Length)
                return setting + name[dash..];
        }

        return SpellingSuggester.Of(name, KnownNames);
    }

    private void Add(string key, string name, string value)
    {
        if (Known.Contains(name))
            podWide[name] = value;
        else if (Parameters.Any(parameter => name.Length > parameter.Length + 1 && IsAbout(name, parameter)))
            podWide[name] = value;
        else if (SecretSettings.FirstOrDefault(setting => IsAbout(name, setting)) is not { } setting)
            unknown.Add(key);
        else if (name.Length <= setting.Length + 1)
            nameless.Add(key);
        else
            SecretOf(name[(setting.Length + 1)..]).Add(setting, value);
    }

    private static bool IsAbout(string name, string setting) =>
        name.StartsWith(setting, StringComparison.Ordinal) && (name.Length == setting.Length || name[setting.Length] == '-');

    private VaultAgentSecret SecretOf(string name)
    {
        if (!secrets.TryGetValue(name, out var secret))
            secrets.Add(name, secret = new VaultAgentSecret(name));
        return secret;
    }
}
