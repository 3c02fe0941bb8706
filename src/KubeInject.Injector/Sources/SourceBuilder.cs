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

/// <summary>Makes the source of credentials that the settings name.</summary>
/// <param name="settings">What is set.</param>
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
    /// <exception cref="SettingException">It is not set, or there is none of that name.</exception>
    public string SourceName() => settings.Text(AllSettings.Source) switch
    {
        { } known when SourceNames.All.Contains(known) => known,
        null => throw new SettingException($"Name the source of the credentials with --source. There is: {SourceNames.Text}."),
        var other => throw new SettingException($"There is no credential source '{other}'. There is: {SourceNames.Text}."),
    };

    /// <summary>The source.</summary>
    /// <param name="needsCluster">Whether to connect to the cluster also where the source itself needs none.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<CredentialSource> BuildAsync(bool needsCluster, CancellationToken cancellationToken)
    {
        try
        {
            _ = SourceName();
            if (needsCluster)
                await ConnectAsync(cancellationToken);
            return SourceName() switch
            {
                SourceNames.KubeSecret => await KubeSecretAsync(cancellationToken),
                SourceNames.Vault => await VaultAsync(cancellationToken),
                SourceNames.PostgreSql => await PostgreSqlAsync(cancellationToken),
                _ => new CredentialSource(new LocalCredentialIssuer(), Folder(settings.Path(AllSettings.LeaseFolder) ?? FileLeaseStore.DefaultFolder), connection?.Objects),
            };
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or ConfigurationException)
        {
            throw new SettingException(exception.Message);
        }
    }

    /// <summary>The cluster; connected once.</summary>
    public async Task<KubeConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        TrustedCertificates.Preload();
        try
        {
            return connection ??= await KubeConnection.OpenAsync(
                ConnectionSettings.Find(settings.Path(AllSettings.Kubeconfig), settings.Text(AllSettings.Context)), cancellationToken);
        }
        catch (ConfigurationException exception)
        {
            throw new SettingException(exception.Message);
        }
    }

    private async Task<CredentialSource> KubeSecretAsync(CancellationToken cancellationToken)
    {
        var pattern = SecretPattern.Parse(settings.RequiredText(AllSettings.SecretPattern, $"The source '{SourceNames.KubeSecret}'"));
        var cluster = await ConnectAsync(cancellationToken);
        var options = new KubeSecretOptions { Pattern = pattern, DefaultNamespace = cluster.Namespace };
        options = options with
        {
            UsernameKey = settings.Text(AllSettings.UsernameKey) ?? options.UsernameKey,
            PasswordKey = settings.Text(AllSettings.PasswordKey) ?? options.PasswordKey,
        };
        return new CredentialSource(new KubeSecretIssuer(cluster.Objects, options), await LeasesAsync(cancellationToken), cluster.Objects);
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
        var cluster = options.UsePodIdentity ? await ConnectAsync(cancellationToken) : null;
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
        var leases = await LeasesAsync(cancellationToken);
        return new CredentialSource(postgreSql, leases, connection?.Objects);
    }

    private SensitiveString PostgreSqlServer()
    {
        if (settings.Option(AllSettings.PostgreSqlConnection) is { } typed && PasswordMask.IsNeeded(typed))
        {
            throw new SettingException(
                $"{AllSettings.PostgreSqlConnection.Option} holds a password, which everybody on the machine can read. Leave it out, and set {AllSettings.PostgreSqlPassword.Option} or PGPASSWORD.");
        }

        if (settings.Text(AllSettings.PostgreSqlConnection) is { Length: > 0 } given)
            return new SensitiveString(given);
        var host = Environment.GetEnvironmentVariable("PGHOST");
        return !string.IsNullOrEmpty(host)
            ? new SensitiveString($"Host={Quote(host)};Port={Quote(Environment.GetEnvironmentVariable("PGPORT") is { Length: > 0 } port ? port : "5432")}{(Environment.GetEnvironmentVariable("PGDATABASE") is { Length: > 0 } name ? $";Database={Quote(name)}" : "")}")
            : throw new SettingException($"The source '{SourceNames.PostgreSql}' needs {AllSettings.PostgreSqlConnection.Option}, {AllSettings.PostgreSqlConnection.Variable}, '{AllSettings.PostgreSqlConnection.Name}' in the settings file, or PGHOST.");

        static string Quote(string value) => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private VaultSettings VaultServer()
    {
        var address = settings.RequiredText(AllSettings.VaultAddress, $"The source '{SourceNames.Vault}'");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url))
            throw new SettingException("The address of Vault has to be an absolute http or https address, such as https://vault.example.org:8200.");

        // What is a setting here is read here; the rest is as Vault's own command line has it.
        var own = new[] { AllSettings.VaultAddress, AllSettings.VaultNamespace, AllSettings.VaultCaCert, AllSettings.VaultSkipVerify }.SelectMany(setting => setting.OtherVariables).ToHashSet(StringComparer.Ordinal);
        var server = VaultSettings.FromEnvironment(KubeEnvironment.Process with { Variable = name => own.Contains(name) ? null : Environment.GetEnvironmentVariable(name) });
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
        // A role says more than a token, which may just lie about in the environment.
        if (settings.Text(AllSettings.VaultKubernetesRole) is { } role)
            return VaultLogin.Kubernetes(role, authMount);
        if (settings.Text(AllSettings.VaultRoleId) is { } id)
        {
            var secretId = settings.Secret(AllSettings.VaultSecretId)
                ?? throw new SettingException($"An AppRole needs {AllSettings.VaultSecretId.Option}, {AllSettings.VaultSecretId.Variable}, or '{AllSettings.VaultSecretId.Name}' in the settings file, too.");
            return VaultLogin.AppRole(id, secretId, settings.Text(AllSettings.VaultAppRoleMount) ?? "approle");
        }

        return settings.Secret(AllSettings.VaultToken) is { } token ? VaultLogin.Token(token)
            : VaultLogin.FromEnvironment() ?? throw new SettingException(
                $"Nothing says how to log in to Vault: set {AllSettings.VaultKubernetesRole.Option}, {AllSettings.VaultRoleId.Option} with {AllSettings.VaultSecretId.Option}, or {AllSettings.VaultToken.Option} or VAULT_TOKEN; or run 'vault login'.");
    }

    private async Task<ILeaseStore> LeasesAsync(CancellationToken cancellationToken)
    {
        if (settings.Path(AllSettings.LeaseFolder) is not { } folder)
            return new KubeLeaseStore((await ConnectAsync(cancellationToken)).Objects, settings.Text(AllSettings.LeaseNamespace) ?? KubeLeaseStore.DefaultNamespace);
        return settings.Text(AllSettings.LeaseNamespace) is null
            ? Folder(folder)
            : throw new SettingException($"Leases are recorded in one place: set {AllSettings.LeaseFolder.Option} or {AllSettings.LeaseNamespace.Option}, not both.");
    }

    private FileLeaseStore Folder(string path) => new(path, connection?.Server.ToString());
}
