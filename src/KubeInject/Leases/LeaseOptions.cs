namespace KubeInject.Leases;

/// <summary>Options for listing and sweeping leases.</summary>
internal sealed record LeaseOptions
{
    /// <summary>The default time limit of a sweep: 1 hour.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromHours(1);

    /// <summary>The namespace of the leases. Default: null, all namespaces. Owners are always searched in all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>The minimum age of a record before a lease without an owner or without a credential is revoked, because the pod might not exist yet. Default: 5 minutes.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether the search for owners skips custom resources. Then a lease that was issued for a custom resource is not revoked.
    /// Default: false.
    /// </summary>
    public bool SkipCustomResources { get; init; }

    /// <summary>
    /// How long before a revocation the reading of the records and owners can have begun. If twice the duration of the reading is longer, that
    /// time applies. Default: 5 seconds, a small part of the grace period, which protects pods that do not exist yet.
    /// </summary>
    public TimeSpan MaxViewAge { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The maximum number of concurrent renewals and revocations; at least 1. Default: 16.</summary>
    public int Concurrency { get; init; } = 16;
}
