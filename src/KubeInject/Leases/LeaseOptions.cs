namespace KubeInject.Leases;

/// <summary>Which leases are looked after, and how.</summary>
public sealed record LeaseOptions
{
    /// <summary>How long a sweep may take where nothing else is specified: one hour.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromHours(1);

    /// <summary>The namespace whose leases are meant; null for those of all namespaces (default). Owners are looked for in all namespaces in any case.</summary>
    public string? Namespace { get; init; }

    /// <summary>How old a record has to be before the lack of an owner, or of a credential, means anything: the pod may not be there yet. Default: 5 minutes.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether custom resources are left out when owners are looked for. A lease that was issued for an object of a kind
    /// that Kubernetes itself does not have is not revoked then. Default: false.
    /// </summary>
    public bool SkipCustomResources { get; init; }

    /// <summary>How many leases are renewed or revoked at the same time; at least 1. Default: 16.</summary>
    public int Concurrency { get; init; } = 16;
}
