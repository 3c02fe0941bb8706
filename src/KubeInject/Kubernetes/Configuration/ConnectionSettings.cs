using KubeInject.Http;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>The settings of a connection. The settings do not open a connection.</summary>
/// <remarks>The text form contains no token, key or password.</remarks>
public sealed record ConnectionSettings
{
    /// <summary>The default request timeout: 100 seconds.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(100);

    /// <summary>The http or https address of the API server. A path in the address is the prefix of all request paths.</summary>
    public required Uri Server { get; init; }

    /// <summary>The only authority that is trusted to sign the server certificate; null for the authorities that this machine trusts (default).</summary>
    public CertificateAuthority? CertificateAuthority { get; init; }

    /// <summary>Whether any server certificate is accepted. Cannot be combined with <see cref="CertificateAuthority"/>. Default: false.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>The TLS server name (SNI), for which the server certificate must be valid; null for the host of <see cref="Server"/> (default).</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The bearer token.</summary>
    public SensitiveString? Token { get; init; }

    /// <summary>A file with the bearer token, which is read for each request. Overrides <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The client certificate that authenticates the user.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>The username for HTTP basic authentication. Cannot be combined with a token.</summary>
    public string? Username { get; init; }

    /// <summary>The password for <see cref="Username"/>.</summary>
    public SensitiveString? Password { get; init; }

    /// <summary>The exec plugin that provides a token or a certificate. It does not run if a token, a username or a certificate is specified.</summary>
    public ExecPlugin? Exec { get; init; }

    /// <summary>The user to impersonate; null for none (default).</summary>
    public Impersonation? Impersonation { get; init; }

    /// <summary>The proxy; null for the proxy that <c>HTTPS_PROXY</c> and <c>NO_PROXY</c> specify, if any (default).</summary>
    public ProxyAddress? Proxy { get; init; }

    /// <summary>Whether responses are not compressed. Default: false.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>The environment for proxy variables, PATH and the terminal of exec plugins. Default: the environment of this process.</summary>
    public KubeEnvironment Environment { get; init; } = KubeEnvironment.Process;

    /// <summary>The namespace of requests without a namespace. Default: <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The kubeconfig context of the settings; null if they are not from a kubeconfig.</summary>
    public string? Context { get; init; }

    /// <summary>
    /// The request timeout, which includes all attempts, from connecting to the last byte of the response. A list of
    /// metadata may take longer while its data keep arriving. Default: <see cref="DefaultTimeout"/>.
    /// </summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>
    /// Finds settings like kubectl: in the specified file, else in the files of <c>KUBECONFIG</c>, else in
    /// <c>~/.kube/config</c>, else in the ServiceAccount of the pod in which this process runs.
    /// </summary>
    /// <param name="path">The path of an existing kubeconfig; null to search for one.</param>
    /// <param name="context">The context to use; null for the current context.</param>
    /// <param name="environment">The environment to search; null for the environment of this process.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="ConfigurationException">No settings were found (the message names the searched locations), or the settings are not valid.</exception>
    public static ConnectionSettings Find(string? path = null, string? context = null, KubeEnvironment? environment = null)
    {
        environment ??= KubeEnvironment.Process;
        return (path is null ? Search(context, environment) : FromKubeconfig(Kubeconfig.Load(path), context)) with { Environment = environment };
    }

    /// <summary>Creates settings from a context of a kubeconfig.</summary>
    /// <param name="config">The kubeconfig.</param>
    /// <param name="context">The name of the context; null for the current context.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="ConfigurationException">The context, its cluster or its user is missing, not valid or not supported.</exception>
    public static ConnectionSettings FromKubeconfig(Kubeconfig config, string? context = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        return KubeconfigResolver.Resolve(config, context);
    }

    /// <summary>Creates settings from a server and a bearer token.</summary>
    /// <param name="server">The https address of the API server.</param>
    /// <param name="token">The token.</param>
    /// <param name="authority">The only authority that is trusted to sign the server certificate; null for the authorities that this machine trusts.</param>
    /// <returns>The settings.</returns>
    public static ConnectionSettings FromToken(Uri server, SensitiveString token, CertificateAuthority? authority = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(token);
        return new ConnectionSettings { Server = server, Token = token, CertificateAuthority = authority };
    }

    /// <summary>Creates settings from a server and a file with a bearer token. The file is read for each request.</summary>
    /// <param name="server">The https address of the API server.</param>
    /// <param name="tokenFile">The path of the file.</param>
    /// <param name="authority">The only authority that is trusted to sign the server certificate; null for the authorities that this machine trusts.</param>
    /// <returns>The settings.</returns>
    public static ConnectionSettings FromTokenFile(Uri server, string tokenFile, CertificateAuthority? authority = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrEmpty(tokenFile);
        return new ConnectionSettings { Server = server, TokenFile = tokenFile, CertificateAuthority = authority };
    }

    /// <summary>Creates settings from a server and a client certificate.</summary>
    /// <param name="server">The https address of the API server.</param>
    /// <param name="certificate">The certificate with its private key.</param>
    /// <param name="authority">The only authority that is trusted to sign the server certificate; null for the authorities that this machine trusts.</param>
    /// <returns>The settings.</returns>
    public static ConnectionSettings FromClientCertificate(Uri server, ClientCertificate certificate, CertificateAuthority? authority = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(certificate);
        return new ConnectionSettings { Server = server, ClientCertificate = certificate, CertificateAuthority = authority };
    }

    /// <summary>Creates settings from a server, a username and a password for HTTP basic authentication.</summary>
    /// <param name="server">The https address of the API server.</param>
    /// <param name="username">The username.</param>
    /// <param name="password">The password.</param>
    /// <param name="authority">The only authority that is trusted to sign the server certificate; null for the authorities that this machine trusts.</param>
    /// <returns>The settings.</returns>
    public static ConnectionSettings FromPassword(Uri server, string username, SensitiveString password, CertificateAuthority? authority = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrEmpty(username);
        ArgumentNullException.ThrowIfNull(password);
        return new ConnectionSettings { Server = server, Username = username, Password = password, CertificateAuthority = authority };
    }

    /// <summary>Creates settings from the ServiceAccount of the pod in which this process runs.</summary>
    /// <param name="environment">The environment with the variables and the ServiceAccount folder; null for the environment of this process.</param>
    /// <returns>The settings. They refer to the token file, because the token changes.</returns>
    /// <exception cref="ConfigurationException">This process does not run in a pod, or the ServiceAccount folder is not valid.</exception>
    public static ConnectionSettings FromServiceAccount(KubeEnvironment? environment = null) =>
        ServiceAccountResolver.Resolve(environment ?? KubeEnvironment.Process) with { Environment = environment ?? KubeEnvironment.Process };

    /// <summary>Validates the settings before a request is sent.</summary>
    /// <exception cref="ConfigurationException">The settings contradict each other or would send a credential in plain text.</exception>
    internal void Validate()
    {
        if (!IsServerAddress(Server))
            throw new ConfigurationException("The server must be an absolute http or https address without user, query or fragment.");
        if (CertificateAuthority is not null && SkipCertificateCheck)
            throw new ConfigurationException("A certificate authority and SkipCertificateCheck cannot be used together; remove one of them.");
        if (Username is not null && (Token is not null || TokenFile is not null))
            throw new ConfigurationException("A token and a username cannot be used together; remove one of them.");
        if (Server.Scheme == Uri.UriSchemeHttp && (Token is not null || TokenFile is not null || Username is not null || ClientCertificate is not null || Exec is not null))
            throw new ConfigurationException($"A credential would be sent to {Server} in plain text; use an https address.");
        if (Impersonation is not null)
            ImpersonationHeaders.Check(Impersonation);
        if (Timeout <= TimeSpan.Zero)
            throw new ConfigurationException("The timeout must be longer than zero.");
    }

    /// <summary>Gets the transport settings, with the proxy of the environment.</summary>
    /// <exception cref="ConfigurationException">The proxy variable of the environment is not a valid address.</exception>
    internal TransportSettings ToTransport() => new()
    {
        Server = Server,
        CertificateAuthority = CertificateAuthority,
        ClientCertificate = ClientCertificate,
        SkipCertificateCheck = SkipCertificateCheck,
        TlsServerName = TlsServerName,
        Proxy = Proxy ?? EnvironmentProxy.For(Server, Environment.Variable),
        DisableCompression = DisableCompression,
        Timeout = Timeout,
        HeaderEncoding = ImpersonationHeaders.EncodingOf,
    };

    internal static bool IsServerAddress(Uri server) =>
        server is { IsAbsoluteUri: true, UserInfo: "", Query: "", Fragment: "" }
        && server.Scheme is "http" or "https";

    private static ConnectionSettings Search(string? context, KubeEnvironment environment)
    {
        var config = Kubeconfig.Find(environment);
        var missingForPod = ServiceAccountResolver.FindMissingPart(environment);

        // Only a kubeconfig has contexts, so a specified context excludes the ServiceAccount.
        if (config is null or { IsEmpty: true } && missingForPod is null && string.IsNullOrEmpty(context))
            return FromServiceAccount(environment);
        if (config is not null)
            return FromKubeconfig(config, context);
        var inPod = missingForPod is null ? $"The ServiceAccount of this pod has no context '{context}'." : $"This process does not run in a pod either: {missingForPod}.";
        throw new ConfigurationException($"No kubeconfig was found: {MissingFiles(environment)}. {inPod}") { IsKubeconfigMissing = true };
    }

    private static string MissingFiles(KubeEnvironment environment)
    {
        var paths = Kubeconfig.DefaultPaths(environment);
        return string.IsNullOrEmpty(environment.Variable("KUBECONFIG")) ? $"KUBECONFIG is not set, and {paths[0]} does not exist"
            : paths.Count == 0 ? "KUBECONFIG names no file"
            : $"KUBECONFIG names {string.Join(" and ", paths)}, which {(paths.Count == 1 ? "does" : "do")} not exist";
    }
}
