using KubeInject.Leases;

namespace KubeInject.Reports;

/// <summary>A lease in a report, without the username.</summary>
/// <param name="Uuid">The id of the lease, as in the annotations of pods.</param>
/// <param name="State">The state.</param>
/// <param name="Owner">The owner; without a current owner, the object that the lease was issued for: <c>shop/pod/orders-1</c>.</param>
/// <param name="Database">The pod's own name for the connection; empty if it is not recorded.</param>
/// <param name="Role">The role; empty if it is not recorded.</param>
/// <param name="Source">The name of the source.</param>
/// <param name="IssuedAt">When the lease was issued; null if that is not known.</param>
/// <param name="ExpiresAt">When the lease expires unless it is renewed; null if it does not expire, or if that is not known.</param>
/// <param name="IsRenewable">Whether the lease can be renewed.</param>
internal sealed record ReportedLease(
    Guid Uuid, LeaseState State, string Owner, string Database, string Role, string Source, DateTimeOffset? IssuedAt, DateTimeOffset? ExpiresAt, bool IsRenewable);
