namespace KubeInject.Leases;

/// <summary>The planned action of a sweep for a lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Action">The planned action.</param>
/// <param name="Reason">Why the lease is kept; <see cref="LeaseKeepReason.None"/> for every other action.</param>
internal sealed record PlannedLeaseAction(CredentialLease Lease, LeaseAction Action, LeaseKeepReason Reason = LeaseKeepReason.None);
