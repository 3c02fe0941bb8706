namespace KubeInject.Kubernetes.Configuration;

/// <summary>A cluster of a kubeconfig, as it stands there.</summary>
public sealed record KubeconfigCluster
{
    /// <summary>The name by which contexts refer to it.</summary>
    public required string Name { get; init; }

    /// <summary>The file that it stands in, to which its paths are relative.</summary>
    public required string File { get; init; }

    /// <summary>Where the API server is, as <c>https://host:6443</c>; without what may stand before an @, which may be a password.</summary>
    public string? Server { get; init; }

    /// <summary>Whether something stood before an @ of <see cref="Server"/>.</summary>
    internal bool HasUserInfo { get; init; }

    /// <summary>Path of the PEM bundle with the cluster's certificate authority.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>The PEM bundle itself, in base64; wins over <see cref="CertificateAuthority"/>.</summary>
    public string? CertificateAuthorityData { get; init; }

    /// <summary>Whether any certificate of the server will do. Default: false.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>The name that the server's certificate is checked for, where it is not the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The address of the proxy that leads to the cluster; hidden because a password may stand in it.</summary>
    public SensitiveString? ProxyUrl { get; init; }

    /// <summary>Whether the server is asked not to compress its answers. Default: false.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>What the extension for exec plugins says, as JSON.</summary>
    internal string? ExecConfig { get; init; }
}
