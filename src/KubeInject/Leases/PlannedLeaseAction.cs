namespace KubeInject.Leases;

/// <summary>What a sweep is going to do with a lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Action">What is to be done.</param>
public sealed record PlannedLeaseAction(CredentialLease Lease, LeaseAction Action);
