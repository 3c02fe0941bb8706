namespace KubeInject.Http;

/// <summary>The settings of an HTTP connection, independent of the kind of server.</summary>
internal sealed record TransportSettings
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(30);

    /// <summary>The http or https address of the server.</summary>
    public required Uri Server { get; init; }

    /// <summary>The only authority that is trusted to sign the server certificate; null for the authorities that this machine trusts.</summary>
    public CertificateAuthority? CertificateAuthority { get; init; }

    /// <summary>The client certificate; null for none.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>Whether any server certificate is accepted.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>The name for which the server certificate must be valid; null for the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The proxy to connect through; null for a direct connection.</summary>
    public ProxyAddress? Proxy { get; init; }

    /// <summary>Whether responses are not compressed.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>The time limit of a request.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The encoding of header values; null for the default of .NET.</summary>
    public HeaderEncodingSelector<HttpRequestMessage>? HeaderEncoding { get; init; }

    /// <summary>The time limit for opening a connection: at most 30 seconds.</summary>
    public TimeSpan ConnectTimeout => Timeout < LongestConnect ? Timeout : LongestConnect;
}
