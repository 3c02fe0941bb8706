namespace KubeInject.Kubernetes;

/// <summary>A user of a kubeconfig, as it stands there.</summary>
public sealed record KubeconfigUser
{
    /// <summary>The name by which contexts refer to it.</summary>
    public required string Name { get; init; }

    /// <summary>The file that it stands in, to which its paths are relative.</summary>
    public required string File { get; init; }

    /// <summary>The bearer token.</summary>
    public Secret? Token { get; init; }

    /// <summary>Path of a file with the bearer token; wins over <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Path of the PEM certificate.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>The PEM certificate itself, in base64; wins over <see cref="ClientCertificate"/>.</summary>
    public string? ClientCertificateData { get; init; }

    /// <summary>Path of the PEM key of the certificate.</summary>
    public string? ClientKey { get; init; }

    /// <summary>The PEM key itself, in base64; wins over <see cref="ClientKey"/>.</summary>
    public Secret? ClientKeyData { get; init; }

    /// <summary>The name for HTTP basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>The password for HTTP basic authentication.</summary>
    public Secret? Password { get; init; }

    /// <summary>Keys that ask for something this version cannot do yet, such as <c>exec</c>.</summary>
    internal IReadOnlyList<string> Unsupported { get; init; } = [];
}
