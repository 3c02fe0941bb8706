namespace KubeInject.Leases;

/// <summary>Identifies a cluster.</summary>
/// <param name="Uid">The UID of the namespace <c>kube-system</c>, which is unique; null if it could not be read.</param>
/// <param name="Server">The address of the API server, which another cluster might use later.</param>
public sealed record ClusterIdentity(string? Uid, Uri? Server)
{
    /// <summary>Whether both identify the same cluster: by UID if both have one, otherwise by server.</summary>
    /// <param name="other">The identity to compare.</param>
    internal bool IsSame(ClusterIdentity other) => Uid is not null && other.Uid is not null ? Uid == other.Uid : Server is not null && Server == other.Server;
}
