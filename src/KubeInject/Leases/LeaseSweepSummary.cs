namespace KubeInject.Leases;

/// <summary>The result of a sweep.</summary>
public sealed record LeaseSweepSummary
{
    /// <summary>The number of all leases.</summary>
    public required int Total { get; init; }

    /// <summary>The number of renewed leases.</summary>
    public required int Renewed { get; init; }

    /// <summary>The number of leases that were revoked because their owner no longer exists.</summary>
    public required int Revoked { get; init; }

    /// <summary>The number of interrupted operations that were revoked.</summary>
    public required int CleanedUp { get; init; }

    /// <summary>The number of leases that were kept unchanged.</summary>
    public required int Kept { get; init; }

    /// <summary>The kept leases without a known owner or of another cluster, grouped by reason.</summary>
    public IReadOnlyList<SkippedLeases> Skipped { get; init; } = [];

    /// <summary>The leases that could not be renewed or revoked.</summary>
    public required IReadOnlyList<LeaseFailure> Failures { get; init; }

    /// <summary>The number of leases that could not be renewed or revoked.</summary>
    public int Failed => Failures.Count;

    /// <summary>The entries of the store that cannot be read as records. They are kept.</summary>
    public IReadOnlyList<UnreadableRecord> Unreadable { get; init; } = [];

    /// <summary>The resources that could not be searched for owners, with the missing permission.</summary>
    public IReadOnlyList<OwnerGap> Gaps { get; init; } = [];

    /// <summary>The gaps that prevented revocations.</summary>
    public IReadOnlyList<OwnerGap> BlockingGaps { get; init; } = [];

    /// <summary>Other servers of the same kind of source whose leases are in the same store. This sweep skipped them.</summary>
    public IReadOnlyList<string> OtherServers { get; init; } = [];

    /// <summary>Warnings, for example about clock differences, a Secret that was not deleted, or skipped leases.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>All notices in one line; null if there are none.</summary>
    public string? Notice => Notices.Count == 0 ? null : string.Join(' ', Notices);

    /// <summary>Whether the sweep was complete: without failures, unreadable records, or gaps that prevented revocations.</summary>
    public bool IsComplete => Failures.Count == 0 && Unreadable.Count == 0 && BlockingGaps.Count == 0;

    /// <summary>The duration of the sweep.</summary>
    public required TimeSpan Duration { get; init; }
}
