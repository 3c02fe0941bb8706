using KubeInject.Injector.Sources;

namespace KubeInject.Injector.Settings;

/// <summary>Everything that can be set.</summary>
internal static class AllSettings
{
    public static readonly Setting Source = new("source", "SOURCE", $"Where credentials come from: {SourceNames.Text}. There is no default.");

    public static readonly Setting LeaseFolder = new("lease-folder", "DIR", "Record leases in this folder. Default: in the cluster, see --lease-namespace; for 'local' kubeinject/leases below XDG_STATE_HOME, or below ~/.local/state.") { Kind = SettingKind.Path };

    public static readonly Setting LeaseNamespace = new("lease-namespace", "NAME", "Record leases as Secrets of this namespace. Default: kubeinject. Vault keeps its own: see --vault-lease-mount.");

    public static readonly Setting Kubeconfig = new("kubeconfig", "FILE", "How to reach the cluster. Default: KUBECONFIG, then ~/.kube/config, then the ServiceAccount of the pod this runs in.") { Kind = SettingKind.Path };
    public static readonly Setting Context = new("context", "NAME", "The context of the kubeconfig. Default: its current context.");

    public static readonly Setting SecretPattern = new("secret-pattern", "PATTERN", "kube-secret: which Secret, by {role}, {database} and {namespace}: '{role}-db', 'credentials/{namespace}.{role}'.");
    public static readonly Setting UsernameKey = new("username-key", "KEY", "kube-secret: the key of the username. Default: username.");
    public static readonly Setting PasswordKey = new("password-key", "KEY", "kube-secret: the key of the password. Default: password.");

    public static readonly Setting VaultAddress = new("vault-address", "URL", "vault: the server's address.") { OtherVariables = ["VAULT_ADDR"] };
    public static readonly Setting VaultNamespace = new("vault-namespace", "PATH", "vault: the namespace of Vault Enterprise or OpenBao. Default: the root namespace.") { OtherVariables = ["VAULT_NAMESPACE"] };
    public static readonly Setting VaultCaCert = new("vault-ca-cert", "FILE", "vault: the certificates that alone may have signed the server's.") { Kind = SettingKind.Path, OtherVariables = ["VAULT_CACERT"] };
    public static readonly Setting VaultSkipVerify = new("vault-skip-verify", "", "vault: accept any certificate of the server.") { Kind = SettingKind.Flag, OtherVariables = ["VAULT_SKIP_VERIFY"] };
    public static readonly Setting VaultToken = new("vault-token", "FILE", "vault: the file of the token to use. Default: ~/.vault-token.") { Kind = SettingKind.Secret, OtherVariables = ["VAULT_TOKEN"] };
    public static readonly Setting VaultKubernetesRole = new("vault-kubernetes-role", "ROLE", "vault: log in by Kubernetes auth in this role, as the ServiceAccount of the pod this runs in.");
    public static readonly Setting VaultAuthMount = new("vault-auth-mount", "PATH", "vault: where the Kubernetes auth method is mounted. Default: kubernetes.");
    public static readonly Setting VaultRoleId = new("vault-role-id", "ID", "vault: log in with this AppRole.");
    public static readonly Setting VaultSecretId = new("vault-secret-id", "FILE", "vault: the file of the AppRole's secret id.") { Kind = SettingKind.Secret };
    public static readonly Setting VaultAppRoleMount = new("vault-approle-mount", "PATH", "vault: where the AppRole auth method is mounted. Default: approle.");
    public static readonly Setting VaultPodIdentity = new("vault-pod-identity", "", "vault: log in as each pod's own ServiceAccount.") { Kind = SettingKind.Flag };
    public static readonly Setting VaultAudience = new("vault-audience", "AUDIENCE", "vault: whom the pods' own tokens are for. Default: vault.");
    public static readonly Setting VaultTokenPeriod = new("vault-token-period", "TIME", "vault: how long a credential lives from one renewal to the next. Default: 24h.") { Kind = SettingKind.Duration };
    public static readonly Setting VaultLeaseMount = new("vault-lease-mount", "PATH", "vault: the KV engine (version 2) that leases are recorded in. Default: vault-db-injector.");
    public static readonly Setting VaultLeasePrefix = new("vault-lease-prefix", "PATH", "vault: what the records of this cluster are below. Default: kubernetes.");

    public static readonly Setting PostgreSqlConnection = new("postgresql-connection", "URI", "postgresql: where to connect, without the password: postgresql://admin@db:5432/orders?sslmode=verify-full. Default: PGHOST, PGPORT and PGDATABASE.");
    public static readonly Setting PostgreSqlUser = new("postgresql-user", "NAME", "postgresql: who makes the roles: a superuser, or one with CREATEROLE. Default: the user in the connection.") { OtherVariables = ["PGUSER"] };
    public static readonly Setting PostgreSqlPassword = new("postgresql-password", "FILE", "postgresql: the file of that user's password. Default: PGPASSFILE or ~/.pgpass.") { Kind = SettingKind.Secret, OtherVariables = ["PGPASSWORD"] };
    public static readonly Setting PostgreSqlServerName = new("postgresql-server-name", "NAME", "postgresql: the server's name in lease records; the same wherever it is reached by another address. Default: host and port.");
    public static readonly Setting PostgreSqlCreationStatement = new("postgresql-creation-statement", "SQL", "postgresql: what creates a login role, with {{name}}, {{password}}, {{expiration}} and {{role}}; names need their schema. Default: a member of the role that the pod asks for.") { Kind = SettingKind.List };
    public static readonly Setting PostgreSqlRenewalStatement = new("postgresql-renewal-statement", "SQL", "postgresql: what puts off its end. Default: ALTER ROLE … VALID UNTIL.") { Kind = SettingKind.List };
    public static readonly Setting PostgreSqlRevocationStatement = new("postgresql-revocation-statement", "SQL", "postgresql: what removes it. Never write REASSIGN OWNED … TO CURRENT_USER, or to another privileged role: functions that a pod made then run with its rights. Default: what it owns goes to the role that the pod requested, and the login role is dropped.") { Kind = SettingKind.List };
    public static readonly Setting PostgreSqlReassignOwnedTo = new("postgresql-reassign-owned-to", "ROLE", "postgresql: the role that gets what a removed login role owns; functions that a pod made then run with its rights, so that a privileged role is refused. Default: the role that the pod requested.");
    public static readonly Setting PostgreSqlTimeToLive = new("postgresql-time-to-live", "TIME", "postgresql: how long a login role is good for, and again after each renewal. Default: 1h.") { Kind = SettingKind.Duration };
    public static readonly Setting PostgreSqlAllowedRole = new("postgresql-allowed-role", "ROLE", "postgresql: a role that pods may ask for; * and ? are wildcards. Default: all that are not privileged.") { Kind = SettingKind.List };

    public static readonly Setting Namespace = new("namespace", "NAME", "Only leases of this namespace. Their owners are looked for in all namespaces. Default: leases of all namespaces.");
    public static readonly Setting GracePeriod = new("grace-period", "TIME", "How old a lease has to be before the lack of an owner means anything. Default: 5m.") { Kind = SettingKind.Duration };
    public static readonly Setting SkipCustomResources = new("skip-custom-resources", "", "Do not look for owners among custom resources. A lease that was issued for an object of such a kind is not revoked then.") { Kind = SettingKind.Flag };
    public static readonly Setting Concurrency = new("concurrency", "COUNT", "How many leases are renewed or revoked at the same time. Default: 16.") { Kind = SettingKind.Number };

    public static readonly Setting Timeout = new("timeout", "TIME", "How long the command may take altogether: 90s, 15m, 1h30m. It is stopped then, and fails. Default: no limit; of sync 1h.") { Kind = SettingKind.Duration };

    /// <summary>Those that say where credentials come from and where leases are recorded.</summary>
    public static IReadOnlyList<Setting> OfSources { get; } =
    [
        Source, LeaseFolder, LeaseNamespace, Kubeconfig, Context, Timeout,
        SecretPattern, UsernameKey, PasswordKey,
        VaultAddress, VaultNamespace, VaultCaCert, VaultSkipVerify, VaultToken, VaultKubernetesRole, VaultAuthMount, VaultRoleId, VaultSecretId,
        VaultAppRoleMount, VaultPodIdentity, VaultAudience, VaultTokenPeriod, VaultLeaseMount, VaultLeasePrefix,
        PostgreSqlConnection, PostgreSqlUser, PostgreSqlPassword, PostgreSqlServerName, PostgreSqlCreationStatement, PostgreSqlRenewalStatement, PostgreSqlRevocationStatement,
        PostgreSqlReassignOwnedTo, PostgreSqlTimeToLive, PostgreSqlAllowedRole,
    ];

    /// <summary>Those of a sweep.</summary>
    public static IReadOnlyList<Setting> OfSweeps { get; } = [Namespace, GracePeriod, SkipCustomResources, Concurrency];

    /// <summary>All there are.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. OfSources, .. OfSweeps];
}
