namespace KubeInject.Leases;

/// <summary>What tells one cluster from another.</summary>
/// <param name="Uid">The UID of its namespace <c>kube-system</c>, which no other cluster has; null if it could not be read.</param>
/// <param name="Server">The address of its API server, which another cluster may have at another time.</param>
public sealed record ClusterIdentity(string? Uid, Uri? Server)
{
    /// <summary>Whether both are the same cluster, as far as that is known at this moment.</summary>
    /// <param name="other">The other one.</param>
    internal bool IsSame(ClusterIdentity other) => Uid is not null && other.Uid is not null ? Uid == other.Uid : Server is not null && Server == other.Server;
}
