using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Credentials.Vault;

/// <summary>How to reach a HashiCorp Vault or an OpenBao. Plain data: nothing is connected yet. Who asks is said by a <see cref="VaultLogin"/>.</summary>
public sealed record VaultSettings
{
    /// <summary>Where Vault's own command line looks: <c>https://127.0.0.1:8200</c>.</summary>
    public static Uri DefaultAddress { get; } = new("https://127.0.0.1:8200");

    /// <summary>How long a call may take where nothing else is said: 60 seconds, as with Vault's own command line.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The server's address, https or http; a path in it is put in front of every request's. Default: <see cref="DefaultAddress"/>.</summary>
    public Uri Address { get; init; } = DefaultAddress;

    /// <summary>Who alone may have signed the server's certificate; null for whom this machine trusts (default).</summary>
    public CertificateAuthority? CertificateAuthority { get; init; }

    /// <summary>The certificate that is shown to a server that asks for one; null for none (default).</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>Whether any certificate of the server will do. Not together with a <see cref="CertificateAuthority"/>. Default: false.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>The name asked of the server and looked for in its certificate; null for the host of <see cref="Address"/> (default).</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The namespace of Vault Enterprise or OpenBao that all paths are in; null for the root namespace (default).</summary>
    public string? Namespace { get; init; }

    /// <summary>How long one call may take, with all its attempts. Default: <see cref="DefaultTimeout"/>.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>How often a request is sent again where the server is busy, sealed or away; 0 for never. Default: 2, as with Vault's own command line.</summary>
    public int MaxRetries { get; init; } = 2;

    /// <summary>How many requests are made at the same time at most; at least 1. Default: 32.</summary>
    public int Concurrency { get; init; } = 32;

    /// <summary>How fast requests are made; null for as fast as the server answers (default).</summary>
    public VaultRateLimit? RateLimit { get; init; }

    /// <summary>Where the proxy (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>) is looked up. Default: this process.</summary>
    public KubeEnvironment Environment { get; init; } = KubeEnvironment.Process;

    /// <summary>
    /// Reads what Vault's own command line reads: <c>VAULT_ADDR</c>, <c>VAULT_CACERT</c>, <c>VAULT_CACERT_BYTES</c>,
    /// <c>VAULT_CAPATH</c>, <c>VAULT_CLIENT_CERT</c>, <c>VAULT_CLIENT_KEY</c>, <c>VAULT_CLIENT_TIMEOUT</c>,
    /// <c>VAULT_MAX_RETRIES</c>, <c>VAULT_NAMESPACE</c>, <c>VAULT_RATE_LIMIT</c>, <c>VAULT_SKIP_VERIFY</c>,
    /// <c>VAULT_TLS_SERVER_NAME</c>. An empty variable counts as unset.
    /// </summary>
    /// <param name="environment">Where variables come from; null for this process's own.</param>
    /// <returns>The settings; what no variable says has its default.</returns>
    /// <exception cref="ConfigurationException">A variable says what cannot be understood, or names a file that cannot be read.</exception>
    /// <remarks>https://developer.hashicorp.com/vault/docs/commands#environment-variables</remarks>
    public static VaultSettings FromEnvironment(KubeEnvironment? environment = null) => VaultEnvironment.Read(environment ?? KubeEnvironment.Process);

    /// <summary>Checks what the settings say together, before anything is sent.</summary>
    /// <exception cref="ConfigurationException">They contradict themselves, or say nothing that makes sense.</exception>
    internal void Validate()
    {
        if (!ConnectionSettings.IsServerAddress(Address))
            throw new ConfigurationException("The Vault address must be an absolute http or https address without user, query or fragment.");
        if (CertificateAuthority is not null && SkipCertificateCheck)
            throw new ConfigurationException("A certificate authority cannot be combined with SkipCertificateCheck. Specify only one of them.");
        if (Timeout <= TimeSpan.Zero)
            throw new ConfigurationException("The Vault timeout must be greater than zero.");
        if (MaxRetries < 0)
            throw new ConfigurationException("The number of retries must not be negative.");
        if (Concurrency < 1)
            throw new ConfigurationException("The maximum number of concurrent requests must be at least 1.");
        if (RateLimit is { } limit && !(limit.RequestsPerSecond > 0 && limit.Burst > 0))
            throw new ConfigurationException("The rate and the burst of a rate limit must be greater than zero.");
        if (Namespace is { } name && !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '-' or '_' or '.'))
            throw new ConfigurationException("The Vault namespace may contain only letters, digits, '/', '-', '_' and '.'.");
    }

    /// <summary>The settings of the transport, with the proxy of the environment.</summary>
    internal TransportSettings ToTransport() => new()
    {
        Server = Address,
        CertificateAuthority = CertificateAuthority,
        ClientCertificate = ClientCertificate,
        SkipCertificateCheck = SkipCertificateCheck,
        TlsServerName = TlsServerName,
        Timeout = Timeout,
        Proxy = EnvironmentProxy.For(Address, Environment.Variable),
    };
}
