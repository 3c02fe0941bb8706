namespace KubeInject.Leases;

/// <summary>The progress of a sweep.</summary>
/// <param name="Done">The number of processed leases.</param>
/// <param name="Total">The number of leases to renew or revoke.</param>
/// <param name="Last">The lease that was processed last.</param>
internal sealed record LeaseProgress(int Done, int Total, CredentialLease Last);
