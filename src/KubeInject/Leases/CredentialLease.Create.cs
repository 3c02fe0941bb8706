using KubeInject.Credentials;

namespace KubeInject.Leases;

public sealed partial class CredentialLease
{
    /// <summary>Creates a lease from its record, without a search for its owner, for example for a test.</summary>
    /// <param name="source">The source that renews and revokes the lease.</param>
    /// <param name="record">The record of the lease.</param>
    /// <param name="state">The state of the lease.</param>
    /// <returns>The lease. Its owner is the one in the record.</returns>
    public static CredentialLease Create(CredentialSource source, LeaseRecord record, LeaseState state)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new CredentialLease(record, owners: [], state, new LeaseInventory(source, client: null));
    }
}
