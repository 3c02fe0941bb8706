namespace KubeInject.Credentials.Vault;

/// <summary>Options for issuing credentials from Vault.</summary>
internal sealed record VaultIssuerOptions
{
    /// <summary>The default audience: <c>vault</c>.</summary>
    public const string DefaultAudience = "vault";

    /// <summary>The mount path of the Kubernetes auth method, whose roles define which ServiceAccounts may use which credentials. Default: <c>kubernetes</c>.</summary>
    public string AuthMount { get; init; } = "kubernetes";

    /// <summary>
    /// How long the token of a lease, and with it the credential, is valid after each renewal. Sweeps must run more often. At
    /// least 1 minute. Default: 24 hours. Ignored with <see cref="UsePodIdentity"/>, where the role in Vault defines the period.
    /// </summary>
    public TimeSpan TokenPeriod { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether to log in with the ServiceAccount of each pod instead of the login of KubeInject. Default: false.</summary>
    public bool UsePodIdentity { get; init; }

    /// <summary>The audience of the pods' ServiceAccount tokens; must not be empty. Default: <see cref="DefaultAudience"/>.</summary>
    public string Audience { get; init; } = DefaultAudience;
}
