using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Credentials.Vault;

/// <summary>The connection settings of a HashiCorp Vault or OpenBao server. A <see cref="VaultLogin"/> specifies the login.</summary>
internal sealed record VaultSettings
{
    /// <summary>The default address of the Vault CLI: <c>https://127.0.0.1:8200</c>.</summary>
    public static Uri DefaultAddress { get; } = new("https://127.0.0.1:8200");

    /// <summary>The default time limit of a call: 60 seconds, as in the Vault CLI.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The https or http address of the server. A path is prepended to the path of each request. Default: <see cref="DefaultAddress"/>.</summary>
    public Uri Address { get; init; } = DefaultAddress;

    /// <summary>The certificate authorities that the server certificate is verified against. Default: null, the authorities that this machine trusts.</summary>
    public CertificateAuthority? CertificateAuthority { get; init; }

    /// <summary>The client certificate for TLS authentication. Default: null, none.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>Whether any server certificate is accepted. Cannot be combined with <see cref="CertificateAuthority"/>. Default: false.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>The server name for SNI and for the verification of the server certificate. Default: null, the host of <see cref="Address"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The Vault Enterprise or OpenBao namespace of all requests. Default: null, the root namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>The time limit of one call, including all retries. Default: <see cref="DefaultTimeout"/>.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>The maximum number of retries if the server is busy, sealed or unreachable; 0 for none. Default: 2, as in the Vault CLI.</summary>
    public int MaxRetries { get; init; } = 2;

    /// <summary>The maximum number of concurrent requests; at least 1. Default: 32.</summary>
    public int Concurrency { get; init; } = 32;

    /// <summary>The rate limit for requests. Default: null, no limit.</summary>
    public VaultRateLimit? RateLimit { get; init; }

    /// <summary>The environment with the proxy settings (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>). Default: the environment of this process.</summary>
    public KubeEnvironment Environment { get; init; } = KubeEnvironment.Process;

    /// <summary>
    /// Reads the environment variables of the Vault CLI: <c>VAULT_ADDR</c>, <c>VAULT_CACERT</c>, <c>VAULT_CACERT_BYTES</c>,
    /// <c>VAULT_CAPATH</c>, <c>VAULT_CLIENT_CERT</c>, <c>VAULT_CLIENT_KEY</c>, <c>VAULT_CLIENT_TIMEOUT</c>,
    /// <c>VAULT_MAX_RETRIES</c>, <c>VAULT_NAMESPACE</c>, <c>VAULT_RATE_LIMIT</c>, <c>VAULT_SKIP_VERIFY</c>,
    /// <c>VAULT_TLS_SERVER_NAME</c>. An empty variable is treated as unset.
    /// </summary>
    /// <param name="environment">The environment variables. Default: null, the environment of this process.</param>
    /// <returns>The settings, with the defaults for unset variables.</returns>
    /// <exception cref="ConfigurationException">The value of a variable is invalid, or its file cannot be read.</exception>
    /// <remarks>https://developer.hashicorp.com/vault/docs/commands#environment-variables</remarks>
    public static VaultSettings FromEnvironment(KubeEnvironment? environment = null) => VaultEnvironment.Read(environment ?? KubeEnvironment.Process);

    /// <summary>Validates the settings.</summary>
    /// <exception cref="ConfigurationException">The settings are invalid or contradictory.</exception>
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

    /// <summary>Creates the transport settings, with the proxy of the environment.</summary>
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
