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
        var them = isOne ? "it" : "them";
        return Reason switch
        {
            LeaseKeepReason.OwnersNotSeen => $"{which} not revoked: not everything that may own {them} could be seen.",
            LeaseKeepReason.OtherCluster => $"{which} left to the sweep of another cluster, which the record names.",
            LeaseKeepReason.UnknownCluster => $"{which} not revoked: the record names no cluster, and its store may hold records of several. If no pod uses {them}, revoke {them}: Get-CredentialLease -Uuid … | Revoke-CredentialLease.",
            LeaseKeepReason.UnknownAge => $"{which} not revoked: the age is not known, or makes no sense. Compare the clocks of this machine, of the machine that issues, and of the server that keeps the records.",
            _ => $"{which} kept.",
        };
    }
}
