namespace KubeInject.Kubernetes.Configuration;

/// <summary>A user entry of a kubeconfig.</summary>
internal sealed record KubeconfigUser
{
    /// <summary>The name to which contexts refer.</summary>
    public required string Name { get; init; }

    /// <summary>The file that contains the entry. Paths are relative to its folder.</summary>
    public required string File { get; init; }

    /// <summary>The bearer token.</summary>
    public SensitiveString? Token { get; init; }

    /// <summary>The path of a file with the bearer token. Overrides <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The path of the PEM certificate.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>The PEM certificate in base64. Cannot be combined with <see cref="ClientCertificate"/>. Masked, because it may also contain the key.</summary>
    public SensitiveString? ClientCertificateData { get; init; }

    /// <summary>The path of the PEM key of the certificate.</summary>
    public string? ClientKey { get; init; }

    /// <summary>The PEM key in base64. Cannot be combined with <see cref="ClientKey"/>.</summary>
    public SensitiveString? ClientKeyData { get; init; }

    /// <summary>The username for HTTP basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>The password for HTTP basic authentication.</summary>
    public SensitiveString? Password { get; init; }

    /// <summary>The exec plugin that provides a token or a certificate.</summary>
    public KubeconfigExec? Exec { get; init; }

    /// <summary>The built-in authentication provider, such as <c>oidc</c>; null if the user has none. kubectl has removed all others.</summary>
    public KubeconfigAuthProvider? AuthProvider { get; init; }

    /// <summary>The user to impersonate: <c>as</c>.</summary>
    public string? ImpersonateUser { get; init; }

    /// <summary>The UID of <see cref="ImpersonateUser"/>: <c>as-uid</c>.</summary>
    public string? ImpersonateUid { get; init; }

    /// <summary>The groups of <see cref="ImpersonateUser"/>: <c>as-groups</c>.</summary>
    public IReadOnlyList<string> ImpersonateGroups { get; init; } = [];

    /// <summary>Additional information about <see cref="ImpersonateUser"/>: <c>as-user-extra</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ImpersonateExtra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
