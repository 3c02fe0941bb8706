namespace KubeInject.Credentials.Vault;

/// <summary>How credentials are issued from Vault.</summary>
public sealed record VaultIssuerOptions
{
    /// <summary>The audience where nothing else is said: <c>vault</c>.</summary>
    public const string DefaultAudience = "vault";

    /// <summary>Where the Kubernetes auth method is mounted whose roles say which ServiceAccount may have which credentials. Default: <c>kubernetes</c>.</summary>
    public string AuthMount { get; init; } = "kubernetes";

    /// <summary>
    /// How long the token of a lease lives from one renewal to the next, and with it the credential: what looks after
    /// the leases has to come by more often. At least a minute. Default: 24 hours. Without a meaning for <see cref="UsePodIdentity"/>, where Vault's role says it.
    /// </summary>
    public TimeSpan TokenPeriod { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether to log in as each pod's own ServiceAccount, and not to issue in its place. Default: false.</summary>
    public bool UsePodIdentity { get; init; }

    /// <summary>Whom the tokens of the pods' ServiceAccounts are for; never empty. Default: <see cref="DefaultAudience"/>.</summary>
    public string Audience { get; init; } = DefaultAudience;
}
