using KubeInject.Injector.Sources;

namespace KubeInject.Injector.Settings;

/// <summary>All settings of the program.</summary>
internal static class AllSettings
{
    public static readonly Setting Source = new("source", "SOURCE", $"The source of the credentials: {SourceNames.Text}. There is no default.") { Values = SourceNames.All };

    public static readonly Setting LeaseFolder = new("lease-folder", "DIR", "Record leases in this folder. Default: in the cluster (see --lease-namespace); for 'local', kubeinject/leases in XDG_STATE_HOME or in ~/.local/state; on Windows, in %LOCALAPPDATA%.") { Kind = SettingKind.Path };

    public static readonly Setting LeaseNamespace = new("lease-namespace", "NAME", "Record leases as Secrets in this namespace. Default: kubeinject. The source 'vault' records leases in Vault: see --vault-lease-mount. For serve, also the namespace of the Service, of the Lease and of --tls-secret.");

    public static readonly Setting Kubeconfig = new("kubeconfig", "FILE", "The kubeconfig of the cluster. Default: KUBECONFIG, then ~/.kube/config, then the ServiceAccount of the pod that runs the program.") { Kind = SettingKind.Path };
    public static readonly Setting Context = new("context", "NAME", "The context of the kubeconfig. Default: its current context.");

    public static readonly Setting SecretPattern = new("secret-pattern", "PATTERN", "kube-secret: the name of the Secret to read, with the placeholders {role}, {database} and {namespace}: '{role}-db', 'credentials/{namespace}.{role}'.");
    public static readonly Setting UsernameKey = new("username-key", "KEY", "kube-secret: the key of the username. Default: username.");
    public static readonly Setting PasswordKey = new("password-key", "KEY", "kube-secret: the key of the password. Default: password.");

    public static readonly Setting VaultAddress = new("vault-address", "URL", "vault: the address of the server.") { OtherVariables = ["VAULT_ADDR"] };
    public static readonly Setting VaultNamespace = new("vault-namespace", "PATH", "vault: the namespace in Vault Enterprise or OpenBao. Default: the root namespace.") { OtherVariables = ["VAULT_NAMESPACE"] };
    public static readonly Setting VaultCaCert = new("vault-ca-cert", "FILE", "vault: the file of the certificate authorities to trust for the server, instead of those of the system.") { Kind = SettingKind.Path, OtherVariables = ["VAULT_CACERT"] };
    public static readonly Setting VaultSkipVerify = new("vault-skip-verify", "", "vault: do not verify the certificate of the server.") { Kind = SettingKind.Flag, OtherVariables = ["VAULT_SKIP_VERIFY"] };
    public static readonly Setting VaultToken = new("vault-token", "FILE", "vault: the file that contains the token. Default: ~/.vault-token.") { Kind = SettingKind.Secret, OtherVariables = ["VAULT_TOKEN"] };
    public static readonly Setting VaultKubernetesRole = new("vault-kubernetes-role", "ROLE", "vault: log in with the Kubernetes auth method in this role, as the ServiceAccount of the pod that runs the program.");
    public static readonly Setting VaultAuthMount = new("vault-auth-mount", "PATH", "vault: the mount path of the Kubernetes auth method. Default: kubernetes.");
    public static readonly Setting VaultRoleId = new("vault-role-id", "ID", "vault: log in with the AppRole that has this role ID.");
    public static readonly Setting VaultSecretId = new("vault-secret-id", "FILE", "vault: the file that contains the secret ID of the AppRole.") { Kind = SettingKind.Secret };
    public static readonly Setting VaultAppRoleMount = new("vault-approle-mount", "PATH", "vault: the mount path of the AppRole auth method. Default: approle.");
    public static readonly Setting VaultPodIdentity = new("vault-pod-identity", "", "vault: log in as the ServiceAccount of each pod.") { Kind = SettingKind.Flag };
    public static readonly Setting VaultAudience = new("vault-audience", "AUDIENCE", "vault: the audience of the pods' ServiceAccount tokens. Default: vault.");
    public static readonly Setting VaultTokenPeriod = new("vault-token-period", "TIME", "vault: how long a credential is valid after it is issued or renewed. Default: 24h.") { Kind = SettingKind.Duration };
    public static readonly Setting VaultLeaseMount = new("vault-lease-mount", "PATH", "vault: the mount path of the KV engine (version 2) that stores the lease records. Default: vault-db-injector.");
    public static readonly Setting VaultLeasePrefix = new("vault-lease-prefix", "PATH", "vault: the path of this cluster's lease records in that engine. Default: kubernetes.");

    public static readonly Setting PostgreSqlConnection = new("postgresql-connection", "URI", "postgresql: the connection to the server, without the password: postgresql://admin@db:5432/orders?sslmode=verify-full. Default: PGHOST, PGPORT and PGDATABASE.");
    public static readonly Setting PostgreSqlUser = new("postgresql-user", "NAME", "postgresql: the user that creates the login roles: a superuser, or a user with CREATEROLE. Default: the user in the connection.") { OtherVariables = ["PGUSER"] };
    public static readonly Setting PostgreSqlPassword = new("postgresql-password", "FILE", "postgresql: the file that contains the password of that user. Default: PGPASSFILE or ~/.pgpass.") { Kind = SettingKind.Secret, OtherVariables = ["PGPASSWORD"] };
    public static readonly Setting PostgreSqlServerName = new("postgresql-server-name", "NAME", "postgresql: the name of the server in lease records. Specify it if the server has several addresses. Default: host and port.");
    public static readonly Setting PostgreSqlCreationStatement = new("postgresql-creation-statement", "SQL", "postgresql: the SQL that creates a login role, with {{name}}, {{password}}, {{expiration}} and {{role}}; qualify names with their schema. Default: create a member of the role that the pod requests.") { Kind = SettingKind.List };
    public static readonly Setting PostgreSqlRenewalStatement = new("postgresql-renewal-statement", "SQL", "postgresql: the SQL that extends the expiration of a login role. Default: ALTER ROLE … VALID UNTIL.") { Kind = SettingKind.List };
    public static readonly Setting PostgreSqlRevocationStatement = new("postgresql-revocation-statement", "SQL", "postgresql: the SQL that removes a login role. Never reassign to CURRENT_USER or to another privileged role (REASSIGN OWNED … TO): functions that a pod created then run with the privileges of that role. Default: reassign the objects of the login role to the role that the pod requested, and drop the login role.") { Kind = SettingKind.List };
    public static readonly Setting PostgreSqlReassignOwnedTo = new("postgresql-reassign-owned-to", "ROLE", "postgresql: the role that becomes the owner of the objects of a removed login role. A privileged role is refused, because functions that a pod created then run with its privileges. Default: the role that the pod requested.");
    public static readonly Setting PostgreSqlTimeToLive = new("postgresql-time-to-live", "TIME", "postgresql: how long a login role is valid after it is created or renewed. Default: 1h.") { Kind = SettingKind.Duration };
    public static readonly Setting PostgreSqlAllowedRole = new("postgresql-allowed-role", "ROLE", "postgresql: a role that pods may request; * and ? are wildcards. Default: all roles that are not privileged.") { Kind = SettingKind.List };

    public static readonly Setting InjectorLabel = new("injector-label", "KEY", "The label by which the in-cluster injector selects pods. Default: with --cluster, the label of the installed injector; otherwise, vault-db-injector.");
    public static readonly Setting DefaultMount = new("default-mount", "PATH", "The mount path of the database secrets engine for pods that specify none. Default: databases.");

    public static readonly Setting ExcludeCode = new("exclude-code", "CODE", "Do not report findings with this code; * and ? are wildcards. Repeatable.") { Kind = SettingKind.List };
    public static readonly Setting Exclude = new("exclude", "PATTERN", "Do not check these manifests; * and ? are wildcards. A pattern without a slash matches the name of a file or of any of its folders, and another one the path. Repeatable.") { Kind = SettingKind.List };

    public static readonly Setting Namespace = new("namespace", "NAME", "Process only leases of this namespace. Their owners are searched for in all namespaces. Default: leases of all namespaces.");
    public static readonly Setting GracePeriod = new("grace-period", "TIME", "How old a lease without an owner must be before it is revoked. Default: 5m.") { Kind = SettingKind.Duration };
    public static readonly Setting SkipCustomResources = new("skip-custom-resources", "", "Do not search for owners among custom resources. Leases that were issued for custom resources are then not revoked.") { Kind = SettingKind.Flag };
    public static readonly Setting Concurrency = new("concurrency", "COUNT", "The maximum number of leases that are issued, renewed or revoked at the same time. Default: 16.") { Kind = SettingKind.Number };

    public static readonly Setting Role = new("role", "webhook|controller|both", "The part to run: the webhook, which admits pods, the controller, which issues their credentials, or both. Default: both.");
    public static readonly Setting OnExpiry = new("on-expiry", "none|evict|rollout", "What the controller does with a pod whose credentials can no longer be extended, in addition to an Event: none, evict it, so that its workload creates a new one, or restart its workload, so that new pods are ready first. Default: none.");
    public static readonly Setting Listen = new("listen", "ADDRESS:PORT", "The address of the webhook (HTTPS). Without an address before the colon: all addresses. Default: :8443.");
    public static readonly Setting HealthListen = new("health-listen", "ADDRESS:PORT", "The address of /livez, /readyz and /metrics (HTTP). Default: :8080.");
    public static readonly Setting TlsCert = new("tls-cert", "FILE", "The certificate of the webhook (PEM), followed by intermediate certificates if there are any. It is read again when it changes. Default: the webhook creates and renews its certificate: see --tls-secret.") { Kind = SettingKind.Path };
    public static readonly Setting TlsKey = new("tls-key", "FILE", "The private key of the certificate (PEM), not encrypted. It is read again when it changes.") { Kind = SettingKind.Path };
    public static readonly Setting TlsSecret = new("tls-secret", "NAME", "The Secret in which all replicas of the webhook keep their certificate and its certificate authority. Default: kubeinject-tls.");
    public static readonly Setting ServiceName = new("service-name", "NAME", "The Service of the webhook. The certificate is for SERVICE.NAMESPACE.svc. Default: kubeinject.");
    public static readonly Setting WebhookConfiguration = new("webhook-configuration", "NAME", "The MutatingWebhookConfiguration that gets the certificate authority, for each of its webhooks that uses the Service. Default: kubeinject.");
    public static readonly Setting LogFormat = new("log-format", "text|json", "The format of the log, which is written to standard error. Default: text.");
    public static readonly Setting LogLevel = new("log-level", "debug|information|warning|error", "The lowest level of log entries. Admissions are logged at debug, and refusals at information. Default: information.");

    public static readonly Setting Timeout = new("timeout", "TIME", "The maximum duration of the command: 90s, 15m, 1h30m. The command then stops and fails. Default: no limit; for sync, 1h.") { Kind = SettingKind.Duration };

    /// <summary>The settings of credential sources and lease records.</summary>
    public static IReadOnlyList<Setting> OfSources { get; } =
    [
        Source, LeaseFolder, LeaseNamespace, Kubeconfig, Context, Timeout,
        SecretPattern, UsernameKey, PasswordKey,
        VaultAddress, VaultNamespace, VaultCaCert, VaultSkipVerify, VaultToken, VaultKubernetesRole, VaultAuthMount, VaultRoleId, VaultSecretId,
        VaultAppRoleMount, VaultPodIdentity, VaultAudience, VaultTokenPeriod, VaultLeaseMount, VaultLeasePrefix,
        PostgreSqlConnection, PostgreSqlUser, PostgreSqlPassword, PostgreSqlServerName, PostgreSqlCreationStatement, PostgreSqlRenewalStatement, PostgreSqlRevocationStatement,
        PostgreSqlReassignOwnedTo, PostgreSqlTimeToLive, PostgreSqlAllowedRole,
    ];

    /// <summary>The settings of the annotations.</summary>
    public static IReadOnlyList<Setting> OfAnnotations { get; } = [InjectorLabel, DefaultMount];

    /// <summary>The settings of a check.</summary>
    public static IReadOnlyList<Setting> OfChecks { get; } = [ExcludeCode, Exclude];

    /// <summary>The settings of a sweep.</summary>
    public static IReadOnlyList<Setting> OfSweeps { get; } = [Namespace, GracePeriod, SkipCustomResources, Concurrency];

    /// <summary>The settings of a server in the cluster.</summary>
    public static IReadOnlyList<Setting> OfServers { get; } = [Role, OnExpiry, Listen, HealthListen, TlsCert, TlsKey, TlsSecret, ServiceName, WebhookConfiguration, LogFormat, LogLevel];

    /// <summary>The settings of a server, including those of its credential source. A server has no time limit.</summary>
    public static IReadOnlyList<Setting> OfServersWithSources { get; } = [.. OfServers, .. OfAnnotations, GracePeriod, SkipCustomResources, Concurrency, .. OfSources.Except([Timeout])];

    /// <summary>All settings.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. OfAnnotations, .. OfSources, .. OfChecks, .. OfSweeps, .. OfServers];
}
