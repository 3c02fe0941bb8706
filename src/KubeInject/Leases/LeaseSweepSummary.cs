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

    /// <summary>Other servers of the same kind of source whose leases are recorded in the same place, and were left to sweeps of their own.</summary>
    public IReadOnlyList<string> OtherPlaces { get; init; } = [];

    /// <summary>What whoever expected more leases has to know, in one sentence; null where there is nothing.</summary>
    public string? Notice => OtherPlaces.Count == 0 ? null
        : $"Leases of {string.Join(", ", OtherPlaces)} are recorded here as well, and were left to sweeps of their own. If it is the same server under another address, give the source the server name that they have.";

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
