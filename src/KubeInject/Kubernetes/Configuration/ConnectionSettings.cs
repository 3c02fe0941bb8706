using KubeInject.Http;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>What a connection is made of. Plain data: nothing is connected yet.</summary>
/// <remarks>Prints no token, key or password.</remarks>
public sealed record ConnectionSettings
{
    /// <summary>How long a request may take where the settings say nothing: 100 seconds.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(100);

    /// <summary>The API server's address, https or http; a path in it is put in front of every request's.</summary>
    public required Uri Server { get; init; }

    /// <summary>Who alone may have signed the server's certificate; null for whom this machine trusts (default).</summary>
    public CertificateAuthority? CertificateAuthority { get; init; }

    /// <summary>Whether any certificate of the server will do. Not together with a <see cref="CertificateAuthority"/>. Default: false.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>The name asked of the server and looked for in its certificate; null for the host of <see cref="Server"/> (default).</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The bearer token.</summary>
    public SensitiveString? Token { get; init; }

    /// <summary>A file with the bearer token, read anew whenever it has changed; wins over <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The certificate that says who the user is.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>The name for HTTP basic authentication; not together with a token.</summary>
    public string? Username { get; init; }

    /// <summary>The password that goes with <see cref="Username"/>.</summary>
    public SensitiveString? Password { get; init; }

    /// <summary>The program to run for a token or a certificate; not run where there is a token, a password or a certificate already.</summary>
    public ExecPlugin? Exec { get; init; }

    /// <summary>In whose place requests are made; null for the user's own (default).</summary>
    public Impersonation? Impersonation { get; init; }

    /// <summary>The proxy that leads to the server; null for the one that <c>HTTPS_PROXY</c> and <c>NO_PROXY</c> name, if any (default).</summary>
    public ProxyAddress? Proxy { get; init; }

    /// <summary>Whether the server is asked not to compress its answers. Default: false.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>Where the proxy of the environment, the PATH and the terminal of exec plugins come from. Default: this process.</summary>
    public KubeEnvironment Environment { get; init; } = KubeEnvironment.Process;

    /// <summary>The namespace of requests that name none. Default: <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The context of the kubeconfig that the settings came from; null for settings from elsewhere.</summary>
    public string? Context { get; init; }

    /// <summary>
    /// How long one request may take with all its attempts, from connecting to the last byte of the answer. A list of
    /// metadata may take longer, as long as it keeps coming. Default: <see cref="DefaultTimeout"/>.
    /// </summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>
    /// Looks for settings where kubectl does: the given path, else the files in <c>KUBECONFIG</c>, else
    /// <c>~/.kube/config</c>, else the ServiceAccount of the pod that this process runs in.
    /// </summary>
    /// <param name="path">A kubeconfig that has to exist; null to look for one.</param>
    /// <param name="context">The context to use; null for the current one.</param>
    /// <param name="environment">Where variables and folders come from; null for this process's own.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="ConfigurationException">Nothing was found (the message says what was looked for, and where), or what was found is broken.</exception>
    public static ConnectionSettings Find(string? path = null, string? context = null, KubeEnvironment? environment = null)
    {
        environment ??= KubeEnvironment.Process;
        return (path is null ? Search(context, environment) : FromKubeconfig(Kubeconfig.Load(path), context)) with { Environment = environment };
    }

    /// <summary>Takes a context of a kubeconfig.</summary>
    /// <param name="config">The kubeconfig.</param>
    /// <param name="context">The context's name; null for the current one.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="ConfigurationException">The context, its cluster or its user is missing, broken, or needs what this version does not support.</exception>
    public static ConnectionSettings FromKubeconfig(Kubeconfig config, string? context = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        return KubeconfigResolver.Resolve(config, context);
    }

    /// <summary>Takes a server and a bearer token.</summary>
    /// <param name="server">The API server's https address.</param>
    /// <param name="token">The token.</param>
    /// <param name="authority">Who alone may have signed the server's certificate; null for whom this machine trusts.</param>
    /// <returns>The settings.</returns>
    public static ConnectionSettings FromToken(Uri server, SensitiveString token, CertificateAuthority? authority = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(token);
        return new ConnectionSettings { Server = server, Token = token, CertificateAuthority = authority };
    }

    /// <summary>Takes a server and the file of a bearer token, which is read anew for every request.</summary>
    /// <param name="server">The API server's https address.</param>
    /// <param name="tokenFile">The file's path.</param>
    /// <param name="authority">Who alone may have signed the server's certificate; null for whom this machine trusts.</param>
    /// <returns>The settings.</returns>
    public static ConnectionSettings FromTokenFile(Uri server, string tokenFile, CertificateAuthority? authority = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrEmpty(tokenFile);
        return new ConnectionSettings { Server = server, TokenFile = tokenFile, CertificateAuthority = authority };
    }

    /// <summary>Takes a server and a client certificate.</summary>
    /// <param name="server">The API server's https address.</param>
    /// <param name="certificate">The certificate with its key.</param>
    /// <param name="authority">Who alone may have signed the server's certificate; null for whom this machine trusts.</param>
    /// <returns>The settings.</returns>
    public static ConnectionSettings FromClientCertificate(Uri server, ClientCertificate certificate, CertificateAuthority? authority = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(certificate);
        return new ConnectionSettings { Server = server, ClientCertificate = certificate, CertificateAuthority = authority };
    }

    /// <summary>Takes a server, and name and password for HTTP basic authentication.</summary>
    /// <param name="server">The API server's https address.</param>
    /// <param name="username">The name.</param>
    /// <param name="password">The password.</param>
    /// <param name="authority">Who alone may have signed the server's certificate; null for whom this machine trusts.</param>
    /// <returns>The settings.</returns>
    public static ConnectionSettings FromPassword(Uri server, string username, SensitiveString password, CertificateAuthority? authority = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrEmpty(username);
        ArgumentNullException.ThrowIfNull(password);
        return new ConnectionSettings { Server = server, Username = username, Password = password, CertificateAuthority = authority };
    }

    /// <summary>Takes the ServiceAccount of the pod that this process runs in.</summary>
    /// <param name="environment">Where variables and the ServiceAccount's folder come from; null for this process's own.</param>
    /// <returns>The settings; the token stays in its file, for it changes.</returns>
    /// <exception cref="ConfigurationException">This process does not run in a pod, or the folder is broken.</exception>
    public static ConnectionSettings FromServiceAccount(KubeEnvironment? environment = null) =>
        ServiceAccountResolver.Resolve(environment ?? KubeEnvironment.Process) with { Environment = environment ?? KubeEnvironment.Process };

    /// <summary>Checks what the settings say together, before anything is sent.</summary>
    /// <exception cref="ConfigurationException">They contradict themselves, or would send a credential in clear text.</exception>
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

    /// <summary>The settings of the transport, with the proxy of the environment.</summary>
    /// <exception cref="ConfigurationException">The environment names a proxy by something that is no address.</exception>
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
        var missingForPod = ServiceAccountResolver.WhatIsMissing(environment);

        // Only a kubeconfig has contexts: whoever asks for one does not mean the ServiceAccount.
        if (config is null or { IsEmpty: true } && missingForPod is null && string.IsNullOrEmpty(context))
            return FromServiceAccount(environment);
        if (config is not null)
            return FromKubeconfig(config, context);
        var where = string.IsNullOrEmpty(environment.Variable("KUBECONFIG")) ? "(KUBECONFIG is not set)" : "(from KUBECONFIG)";
        throw new ConfigurationException(
            $"No kubeconfig was found at {string.Join(", ", Kubeconfig.DefaultPaths(environment))} {where}. " +
            (missingForPod is null ? $"The ServiceAccount of this pod has no context '{context}'." : $"This process does not run in a pod either: {missingForPod}."));
    }
}
