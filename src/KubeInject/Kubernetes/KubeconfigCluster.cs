namespace KubeInject.Kubernetes;

/// <summary>A cluster of a kubeconfig, as it stands there.</summary>
public sealed record KubeconfigCluster
{
    /// <summary>The name by which contexts refer to it.</summary>
    public required string Name { get; init; }

    /// <summary>The file that it stands in, to which its paths are relative.</summary>
    public required string File { get; init; }

    /// <summary>Where the API server is: <c>https://host:6443</c>.</summary>
    public string? Server { get; init; }

    /// <summary>Path of the PEM bundle with the cluster's certificate authority.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>The PEM bundle itself, in base64; wins over <see cref="CertificateAuthority"/>.</summary>
    public string? CertificateAuthorityData { get; init; }

    /// <summary>Whether any certificate of the server will do. Default: false.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>The name that the server's certificate is checked for, where it is not the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Keys that ask for something this version cannot do yet, such as <c>proxy-url</c>.</summary>
    internal IReadOnlyList<string> Unsupported { get; init; } = [];
}
