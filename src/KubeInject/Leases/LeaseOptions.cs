namespace KubeInject.Leases;

/// <summary>Which leases are looked after, and how.</summary>
public sealed record LeaseOptions
{
    /// <summary>The namespace whose leases are meant; null for those of all namespaces (default).</summary>
    public string? Namespace { get; init; }

    /// <summary>How old a record has to be before the lack of an owner, or of a credential, means anything: the pod may not be there yet. Default: 5 minutes.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many leases are renewed or revoked at the same time; at least 1. Default: 16.</summary>
    public int Concurrency { get; init; } = 16;
}
