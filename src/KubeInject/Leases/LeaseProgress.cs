namespace KubeInject.Leases;

/// <summary>How far a sweep has come.</summary>
/// <param name="Done">How many leases are done.</param>
/// <param name="Total">How many there are to do.</param>
/// <param name="Last">The one that was done last.</param>
public sealed record LeaseProgress(int Done, int Total, CredentialLease Last);
