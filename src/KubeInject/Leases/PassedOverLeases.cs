namespace KubeInject.Leases;

/// <summary>Leases that a sweep has left as they are, though they have no owner that was seen, or are not its own.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Leases">The leases.</param>
public sealed record PassedOverLeases(LeaseKeepReason Reason, IReadOnlyList<CredentialLease> Leases)
{
    // More would hide the rest of the summary.
    private const int MostNamed = 5;

    /// <summary>What happened and what to do, in one or two sentences.</summary>
    /// <returns>One line.</returns>
    public override string ToString()
    {
        var isOne = Leases.Count == 1;
        var named = string.Join(", ", Leases.Take(MostNamed).Select(lease => lease.Uuid)) + (Leases.Count > MostNamed ? ", …" : "");
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
