namespace KubeInject.Kubernetes.Configuration;

/// <summary>A user of a kubeconfig, as it stands there.</summary>
public sealed record KubeconfigUser
{
    /// <summary>The name by which contexts refer to it.</summary>
    public required string Name { get; init; }

    /// <summary>The file that it stands in, to which its paths are relative.</summary>
    public required string File { get; init; }

    /// <summary>The bearer token.</summary>
    public SensitiveString? Token { get; init; }

    /// <summary>Path of a file with the bearer token; wins over <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Path of the PEM certificate.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>The PEM certificate itself, in base64; not together with <see cref="ClientCertificate"/>. Hidden, because the key may stand in it, too.</summary>
    public SensitiveString? ClientCertificateData { get; init; }

    /// <summary>Path of the PEM key of the certificate.</summary>
    public string? ClientKey { get; init; }

    /// <summary>The PEM key itself, in base64; not together with <see cref="ClientKey"/>.</summary>
    public SensitiveString? ClientKeyData { get; init; }

    /// <summary>The name for HTTP basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>The password for HTTP basic authentication.</summary>
    public SensitiveString? Password { get; init; }

    /// <summary>The plugin to run for a token or a certificate.</summary>
    public KubeconfigExec? Exec { get; init; }

    /// <summary>The name of the built-in way to authenticate that came before exec plugins, such as <c>gcp</c>; no longer supported.</summary>
    public string? AuthProvider { get; init; }

    /// <summary>The name of the user in whose place requests are made: <c>as</c>.</summary>
    public string? ImpersonateUser { get; init; }

    /// <summary>The uid that goes with <see cref="ImpersonateUser"/>: <c>as-uid</c>.</summary>
    public string? ImpersonateUid { get; init; }

    /// <summary>The groups that go with <see cref="ImpersonateUser"/>: <c>as-groups</c>.</summary>
    public IReadOnlyList<string> ImpersonateGroups { get; init; } = [];

    /// <summary>What else goes with <see cref="ImpersonateUser"/>: <c>as-user-extra</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ImpersonateExtra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
