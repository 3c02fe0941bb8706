namespace KubeInject.Leases;

/// <summary>What a sweep has done, for whoever watches it.</summary>
public sealed record LeaseSweepSummary
{
    /// <summary>How many leases there were.</summary>
    public required int Total { get; init; }

    /// <summary>How many were renewed.</summary>
    public required int Renewed { get; init; }

    /// <summary>How many were revoked because their owner is gone.</summary>
    public required int Revoked { get; init; }

    /// <summary>How many attempts that had broken off were revoked.</summary>
    public required int Finished { get; init; }

    /// <summary>How many were left as they are.</summary>
    public required int Kept { get; init; }

    /// <summary>What could not be done.</summary>
    public required IReadOnlyList<LeaseFailure> Failures { get; init; }

    /// <summary>How many could not be renewed or revoked.</summary>
    public int Failed => Failures.Count;

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
