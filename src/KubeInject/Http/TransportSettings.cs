namespace KubeInject.Http;

/// <summary>How to reach a server over HTTP. The settings of every kind of server convert to this.</summary>
internal sealed record TransportSettings
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(30);

    /// <summary>The server's address, https or http.</summary>
    public required Uri Server { get; init; }

    /// <summary>The only authority that may have signed the server's certificate; null for those that this machine trusts.</summary>
    public CertificateAuthority? CertificateAuthority { get; init; }

    /// <summary>The certificate that connections show; null for none.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>Whether any certificate of the server is accepted.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>The name that the server's certificate must have; null for the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The proxy to connect through; null for a direct connection.</summary>
    public ProxyAddress? Proxy { get; init; }

    /// <summary>Whether the server is requested not to compress its answers.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>The time limit of a request.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The encoding of header values; null for the platform's.</summary>
    public HeaderEncodingSelector<HttpRequestMessage>? HeaderEncoding { get; init; }

    /// <summary>The time limit for making a connection.</summary>
    public TimeSpan ConnectTimeout => Timeout < LongestConnect ? Timeout : LongestConnect;
}
