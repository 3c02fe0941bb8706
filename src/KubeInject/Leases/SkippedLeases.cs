namespace KubeInject.Leases;

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
