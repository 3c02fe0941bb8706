using KubeInject.Credentials;
using KubeInject.Credentials.KubeSecret;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Injector.Settings;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Leases;

namespace KubeInject.Injector.Sources;

/// <summary>Creates the credential source that the settings specify.</summary>
/// <param name="settings">The settings.</param>
internal sealed class SourceBuilder(SettingsReader settings) : IDisposable
{
    private KubeConnection? connection;
    private VaultClient? vault;
    private PostgreSqlIssuer? postgreSql;

    public void Dispose()
    {
        postgreSql?.Dispose();
        vault?.Dispose();
        connection?.Dispose();
    }

    /// <summary>The name of the source.</summary>
    /// <exception cref="SettingException">The source is not specified or does not exist.</exception>
    public string SourceName() => settings.Text(AllSettings.Source) switch
    {
        { } known when SourceNames.All.Contains(known) => known,
        null => throw new SettingException($"Specify the source of the credentials with --source: {SourceNames.Text}."),
        var other => throw new SettingException($"The credential source '{other}' does not exist. Use one of: {SourceNames.Text}."),
    };

    /// <summary>Creates the source.</summary>
    /// <param name="needsCluster">Whether to connect to the cluster even if the source does not require it.</param>
    /// <param name="cancellationToken">Cancels the connection.</param>
    public async Task<CredentialSource> BuildAsync(bool needsCluster, CancellationToken cancellationToken)
    {
        try
        {
            _ = SourceName();
            if (needsCluster)
                await ConnectAsync(cancellationToken).ConfigureAwait(false);
            return SourceName() switch
            {
                SourceNames.KubeSecret => await KubeSecretAsync(cancellationToken).ConfigureAwait(false),
                SourceNames.Vault => await VaultAsync(cancellationToken).ConfigureAwait(false),
                SourceNames.PostgreSql => await PostgreSqlAsync(cancellationToken).ConfigureAwait(false),
                _ => new CredentialSource(new LocalCredentialIssuer(), Folder(settings.Path(AllSettings.LeaseFolder) ?? FileLeaseStore.DefaultFolder), connection?.Objects),
            };
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or ConfigurationException)
        {
            throw new SettingException(exception.Message);
        }
    }

    /// <summary>Connects to the cluster; later calls return the same connection.</summary>
    public async Task<KubeConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        TrustedCertificates.Preload();
        try
        {
            return connection ??= await KubeConnection.OpenAsync(
                ConnectionSettings.Find(settings.Path(AllSettings.Kubeconfig), settings.Text(AllSettings.Context)), cancellationToken).ConfigureAwait(false);
        }
        catch (ConfigurationException exception)
        {
            throw new SettingException(exception.IsKubeconfigMissing ? $"{exception.Message} Specify {AllSettings.Kubeconfig.Option}, or set KUBECONFIG." : exception.Message);
        }
    }

    private async Task<CredentialSource> KubeSecretAsync(CancellationToken cancellationToken)
    {
        var pattern = SecretPattern.Parse(settings.RequiredText(AllSettings.SecretPattern, $"The source '{SourceNames.KubeSecret}'"));
        var cluster = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        var options = new KubeSecretOptions { Pattern = pattern, DefaultNamespace = cluster.Namespace };
        options = options with
        {
            UsernameKey = settings.Text(AllSettings.UsernameKey) ?? options.UsernameKey,
            PasswordKey = settings.Text(AllSettings.PasswordKey) ?? options.PasswordKey,
        };
        return new CredentialSource(new KubeSecretIssuer(cluster.Objects, options), await LeasesAsync(cancellationToken).ConfigureAwait(false), cluster.Objects);
    }

    private async Task<CredentialSource> VaultAsync(CancellationToken cancellationToken)
    {
        var options = new VaultIssuerOptions();
        options = options with
        {
            AuthMount = settings.Text(AllSettings.VaultAuthMount) ?? options.AuthMount,
            TokenPeriod = settings.Duration(AllSettings.VaultTokenPeriod) ?? options.TokenPeriod,
            UsePodIdentity = settings.Flag(AllSettings.VaultPodIdentity),
            Audience = settings.Text(AllSettings.VaultAudience) ?? options.Audience,
        };
        vault = new VaultClient(VaultServer(), VaultUser(options.AuthMount));
        var cluster = options.UsePodIdentity ? await ConnectAsync(cancellationToken).ConfigureAwait(false) : null;
        var leases = new VaultLeaseStore(
            vault, settings.Text(AllSettings.VaultLeaseMount) ?? VaultLeaseStore.DefaultMount, settings.Text(AllSettings.VaultLeasePrefix) ?? VaultLeaseStore.DefaultPrefix);
        return new CredentialSource(new VaultIssuer(vault, options, cluster?.Objects), leases, connection?.Objects);
    }

    private async Task<CredentialSource> PostgreSqlAsync(CancellationToken cancellationToken)
    {
        var options = new PostgreSqlOptions
        {
            ConnectionString = PostgreSqlServer(),
            Username = settings.Text(AllSettings.PostgreSqlUser),
            Password = settings.Secret(AllSettings.PostgreSqlPassword),
            ServerName = settings.Text(AllSettings.PostgreSqlServerName),
            ReassignOwnedTo = settings.Text(AllSettings.PostgreSqlReassignOwnedTo),
        };
        postgreSql = new PostgreSqlIssuer(options with
        {
            CreationStatements = settings.List(AllSettings.PostgreSqlCreationStatement) ?? options.CreationStatements,
            RenewalStatements = settings.List(AllSettings.PostgreSqlRenewalStatement) ?? options.RenewalStatements,
            RevocationStatements = settings.List(AllSettings.PostgreSqlRevocationStatement) ?? options.RevocationStatements,
            TimeToLive = settings.Duration(AllSettings.PostgreSqlTimeToLive) ?? options.TimeToLive,
            AllowedRoles = settings.List(AllSettings.PostgreSqlAllowedRole) ?? options.AllowedRoles,
        });
        var leases = await LeasesAsync(cancellationToken).ConfigureAwait(false);
        return new CredentialSource(postgreSql, leases, connection?.Objects);
    }

    private SensitiveString PostgreSqlServer()
    {
        if (settings.Option(AllSettings.PostgreSqlConnection) is { } argument && PasswordMask.IsNeeded(argument))
        {
            throw new SettingException(
                $"{AllSettings.PostgreSqlConnection.Option} contains a password, which every user of the machine can read. Remove the password, and specify {AllSettings.PostgreSqlPassword.Option} or PGPASSWORD.");
        }

        if (settings.Text(AllSettings.PostgreSqlConnection) is { Length: > 0 } connectionString)
            return new SensitiveString(connectionString);
        var host = Environment.GetEnvironmentVariable("PGHOST");
        return !string.IsNullOrEmpty(host)
            ? new SensitiveString($"Host={Quote(host)};Port={Quote(Environment.GetEnvironmentVariable("PGPORT") is { Length: > 0 } port ? port : "5432")}{(Environment.GetEnvironmentVariable("PGDATABASE") is { Length: > 0 } name ? $";Database={Quote(name)}" : "")}")
            : throw new SettingException($"The source '{SourceNames.PostgreSql}' requires {AllSettings.PostgreSqlConnection.Option}, {AllSettings.PostgreSqlConnection.Variable}, '{AllSettings.PostgreSqlConnection.Name}' in the settings file, or PGHOST.");

        static string Quote(string value) => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private VaultSettings VaultServer()
    {
        var address = settings.RequiredText(AllSettings.VaultAddress, $"The source '{SourceNames.Vault}'");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url))
            throw new SettingException("The address of Vault must be an absolute http or https address, such as https://vault.example.org:8200.");

        // Hide the variables that are settings of this program; read the other variables like the Vault CLI.
        var settingVariables = new[] { AllSettings.VaultAddress, AllSettings.VaultNamespace, AllSettings.VaultCaCert, AllSettings.VaultSkipVerify }.SelectMany(setting => setting.OtherVariables).ToHashSet(StringComparer.Ordinal);
        var server = VaultSettings.FromEnvironment(KubeEnvironment.Process with { Variable = name => settingVariables.Contains(name) ? null : Environment.GetEnvironmentVariable(name) });
        var skip = settings.Flag(AllSettings.VaultSkipVerify);
        return server with
        {
            Address = url,
            Namespace = settings.Text(AllSettings.VaultNamespace),
            SkipCertificateCheck = skip,
            CertificateAuthority = skip ? null : settings.Path(AllSettings.VaultCaCert) is { } file ? CertificateAuthority.FromFile(file) : server.CertificateAuthority,
        };
    }

    private VaultLogin VaultUser(string authMount)
    {
        // A role takes precedence over a token, which can be in the environment for other purposes.
        if (settings.Text(AllSettings.VaultKubernetesRole) is { } role)
            return VaultLogin.Kubernetes(role, authMount);
        if (settings.Text(AllSettings.VaultRoleId) is { } id)
        {
            var secretId = settings.Secret(AllSettings.VaultSecretId)
                ?? throw new SettingException($"An AppRole requires {AllSettings.VaultSecretId.Option}, {AllSettings.VaultSecretId.Variable}, or '{AllSettings.VaultSecretId.Name}' in the settings file.");
            return VaultLogin.AppRole(id, secretId, settings.Text(AllSettings.VaultAppRoleMount) ?? "approle");
        }

        return settings.Secret(AllSettings.VaultToken) is { } token ? VaultLogin.Token(token)
            : VaultLogin.FromEnvironment() ?? throw new SettingException(
                $"No Vault login is configured: specify {AllSettings.VaultKubernetesRole.Option}, {AllSettings.VaultRoleId.Option} with {AllSettings.VaultSecretId.Option}, {AllSettings.VaultToken.Option}, or VAULT_TOKEN, or run 'vault login'.");
    }

    private async Task<ILeaseStore> LeasesAsync(CancellationToken cancellationToken)
    {
        if (settings.Path(AllSettings.LeaseFolder) is not { } folder)
            return new KubeLeaseStore((await ConnectAsync(cancellationToken).ConfigureAwait(false)).Objects, settings.Text(AllSettings.LeaseNamespace) ?? KubeLeaseStore.DefaultNamespace);
        return settings.Text(AllSettings.LeaseNamespace) is null
            ? Folder(folder)
            : throw new SettingException($"Specify {AllSettings.LeaseFolder.Option} or {AllSettings.LeaseNamespace.Option}, not both.");
    }

    private FileLeaseStore Folder(string path) => new(path, connection?.Server.ToString());
}
