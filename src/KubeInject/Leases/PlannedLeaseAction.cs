namespace KubeInject.Leases;

/// <summary>What a sweep is going to do with a lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Action">What is to be done.</param>
/// <param name="Reason">Why it is kept; <see cref="LeaseKeepReason.None"/> if it needs nothing, and for every other action.</param>
public sealed record PlannedLeaseAction(CredentialLease Lease, LeaseAction Action, LeaseKeepReason Reason = LeaseKeepReason.None);
