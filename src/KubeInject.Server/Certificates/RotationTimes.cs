namespace KubeInject.Certificates;

/// <summary>The lifetimes of the certificates, and the times of their rotation.</summary>
internal sealed record RotationTimes
{
    /// <summary>How long a certificate authority is valid. Default: 3,650 days.</summary>
    public TimeSpan AuthorityLifetime { get; init; } = TimeSpan.FromDays(3650);

    /// <summary>
    /// The age of a certificate authority at which its successor is created. The rest of its lifetime has to be longer than
    /// <see cref="ServingLifetime"/> and <see cref="TrustDelay"/> together. Default: 1,825 days.
    /// </summary>
    public TimeSpan AuthorityRenewal { get; init; } = TimeSpan.FromDays(1825);

    /// <summary>How long a serving certificate is valid. Default: 90 days.</summary>
    public TimeSpan ServingLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The age at which a serving certificate is renewed. Default: 60 days.</summary>
    public TimeSpan ServingRenewal { get; init; } = TimeSpan.FromDays(60);

    /// <summary>The time after which all API servers use a changed webhook configuration. Until then, a new certificate authority does not sign. Default: 1 hour.</summary>
    public TimeSpan TrustDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The time between two comparisons of the Secret and the webhook configuration. Default: 10 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time until the next comparison if one has failed or this process is not ready. Default: 1 s.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);
}
