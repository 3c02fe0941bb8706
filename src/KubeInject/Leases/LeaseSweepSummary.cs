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
    public IReadOnlyList<SkippedLeases> Skipped { get; init => field = ReadableList.Of(value, separator: " "); } = ReadableList<SkippedLeases>.Empty;

    /// <summary>The leases that could not be renewed or revoked.</summary>
    public required IReadOnlyList<LeaseFailure> Failures { get; init => field = ReadableList.Of(value, separator: " "); }

    /// <summary>The number of leases that could not be renewed or revoked.</summary>
    public int Failed => Failures.Count;

    /// <summary>The entries of the store that cannot be read as records. They are kept.</summary>
    public IReadOnlyList<UnreadableRecord> Unreadable { get; init => field = ReadableList.Of(value, record => record.Location); } = ReadableList<UnreadableRecord>.Empty;

    /// <summary>The resources that could not be searched for owners, with the missing permission.</summary>
    public IReadOnlyList<OwnerGap> Gaps { get; init => field = ReadableList.Of(value, gap => gap.Resource); } = ReadableList<OwnerGap>.Empty;

    /// <summary>The gaps that prevented revocations.</summary>
    public IReadOnlyList<OwnerGap> BlockingGaps { get; init => field = ReadableList.Of(value, gap => gap.Resource); } = ReadableList<OwnerGap>.Empty;

    /// <summary>Other servers of the same kind of source whose leases are in the same store. This sweep skipped them.</summary>
    public IReadOnlyList<string> OtherServers { get; init => field = ReadableList.Of(value); } = ReadableList<string>.Empty;

    /// <summary>Warnings, for example about clock differences, a Secret that was not deleted, or skipped leases.</summary>
    public IReadOnlyList<string> Notices { get; init => field = ReadableList.Of(value, separator: " "); } = ReadableList<string>.Empty;

    /// <summary>All notices in one line; null if there are none.</summary>
    public string? Notice => Notices.Count == 0 ? null : string.Join(' ', Notices);

    /// <summary>Whether the sweep was complete: without failures, unreadable records, or gaps that prevented revocations.</summary>
    public bool IsComplete => Failures.Count == 0 && Unreadable.Count == 0 && BlockingGaps.Count == 0;

    /// <summary>The duration of the sweep.</summary>
    public required TimeSpan Duration { get; init; }
}

/// <summary>A lease that a sweep could not renew or revoke.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Action">The action that failed.</param>
/// <param name="HasEnded">Whether the credential can no longer be renewed although its owner exists, so new credentials are required. Otherwise, the next sweep tries again.</param>
/// <param name="Error">The error, whose message has one line.</param>
public sealed record LeaseFailure(CredentialLease Lease, LeaseAction Action, bool HasEnded, Exception Error)
{
    /// <summary>Describes the failure in one line.</summary>
    /// <returns>For example <c>Renew 6f1b… (orders-rw for shop/pod/orders): Vault is sealed.</c></returns>
    public override string ToString() => $"{Action} {Lease}: {Error.Message}";
}

/// <summary>Leases that a sweep kept although no owner was found, or because they belong to another cluster.</summary>
/// <param name="Reason">Why the leases were kept.</param>
/// <param name="Leases">The leases.</param>
public sealed record SkippedLeases(LeaseKeepReason Reason, IReadOnlyList<CredentialLease> Leases)
{
    // More UUIDs would make the summary hard to read.
    private const int MaxUuids = 5;

    /// <summary>Describes the reason and the remedy in one line.</summary>
    /// <returns>One or two sentences.</returns>
    public override string ToString()
    {
        var isOne = Leases.Count == 1;
        var named = string.Join(", ", Leases.Take(MaxUuids).Select(lease => lease.Uuid)) + (Leases.Count > MaxUuids ? ", …" : "");
        var which = isOne ? $"The lease {named} was" : $"{Leases.Count} leases ({named}) were";
        var (them, their, recordNames) = isOne ? ("it", "its", "its record names") : ("them", "their", "their records name");
        return Reason switch
        {
            LeaseKeepReason.OwnersNotSeen => $"{which} not revoked because some objects that may own {them} could not be read.",
            LeaseKeepReason.OtherCluster => $"{which} skipped because {recordNames} another cluster.",
            LeaseKeepReason.UnknownCluster => $"{which} not revoked because {recordNames} no cluster and the store may have records of several clusters. If no pod uses {them}, revoke {them}: Get-CredentialLease -Uuid … | Revoke-CredentialLease.",
            LeaseKeepReason.UnknownAge => $"{which} not revoked because {their} age is unknown or not plausible. Compare the clocks of this machine, of the machine that issues credentials, and of the server that stores the records.",
            _ => $"{which} kept.",
        };
    }
}
