namespace KubeInject.Leases;

/// <summary>What a sweep has done, and what it has left and why.</summary>
public sealed record LeaseSweepSummary
{
    /// <summary>How many leases there were.</summary>
    public required int Total { get; init; }

    /// <summary>How many were renewed.</summary>
    public required int Renewed { get; init; }

    /// <summary>How many were revoked because their owner is gone.</summary>
    public required int Revoked { get; init; }

    /// <summary>How many attempts that had broken off were revoked.</summary>
    public required int CleanedUp { get; init; }

    /// <summary>How many were left as they are.</summary>
    public required int Kept { get; init; }

    /// <summary>Those of the kept ones that have no owner that was seen, or are not this cluster's, by the reason that they were kept for.</summary>
    public IReadOnlyList<PassedOverLeases> PassedOver { get; init; } = [];

    /// <summary>What could not be done.</summary>
    public required IReadOnlyList<LeaseFailure> Failures { get; init; }

    /// <summary>How many could not be renewed or revoked.</summary>
    public int Failed => Failures.Count;

    /// <summary>Entries of the store that cannot be read as records. They are kept.</summary>
    public IReadOnlyList<UnreadableRecord> Unreadable { get; init; } = [];

    /// <summary>What could not be seen of the owners, with the right that is missing.</summary>
    public IReadOnlyList<OwnerGap> Gaps { get; init; } = [];

    /// <summary>Those gaps that kept the sweep from revoking something.</summary>
    public IReadOnlyList<OwnerGap> BlockingGaps { get; init; } = [];

    /// <summary>Other servers of the same kind of source whose leases are recorded in the same place, and were left to sweeps of their own.</summary>
    public IReadOnlyList<string> OtherPlaces { get; init; } = [];

    /// <summary>What else has to be known, a sentence each: clocks that differ, a Secret that was left, leases that were passed over.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>All notices in one line; null if there are none.</summary>
    public string? Notice => Notices.Count == 0 ? null : string.Join(' ', Notices);

    /// <summary>Whether all was done: nothing failed, nothing was unreadable, and no gap kept the sweep from revoking.</summary>
    public bool IsComplete => Failures.Count == 0 && Unreadable.Count == 0 && BlockingGaps.Count == 0;

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
