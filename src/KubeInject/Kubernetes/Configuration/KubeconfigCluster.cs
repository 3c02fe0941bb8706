namespace KubeInject.Kubernetes.Configuration;

/// <summary>A cluster entry of a kubeconfig.</summary>
internal sealed record KubeconfigCluster
{
    /// <summary>The name to which contexts refer.</summary>
    public required string Name { get; init; }

    /// <summary>The file that contains the entry. Paths are relative to its folder.</summary>
    public required string File { get; init; }

    /// <summary>The address of the API server: <c>https://host:6443</c>. User information before an @ is removed, because it may contain a password.</summary>
    public string? Server { get; init; }

    /// <summary>Whether user information was removed from <see cref="Server"/>.</summary>
    internal bool HasUserInfo { get; init; }

    /// <summary>The path of the PEM bundle with the certificate authority of the cluster.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>The PEM bundle in base64. Overrides <see cref="CertificateAuthority"/>.</summary>
    public string? CertificateAuthorityData { get; init; }

    /// <summary>Whether any server certificate is accepted. Default: false.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>The name for which the server certificate must be valid; null for the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The address of the proxy. Masked, because it may contain a password.</summary>
    public SensitiveString? ProxyUrl { get; init; }

    /// <summary>Whether responses are not compressed. Default: false.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>The extension for exec plugins, as JSON.</summary>
    internal string? ExecConfig { get; init; }
}
