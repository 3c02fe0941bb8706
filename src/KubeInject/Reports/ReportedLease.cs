using KubeInject.Leases;

namespace KubeInject.Reports;

/// <summary>A lease as a report has it: whose it is and how it stands, without the username.</summary>
/// <param name="Uuid">Its identity, as the pods' annotations name it.</param>
/// <param name="State">How it stands.</param>
/// <param name="Owner">Who has it; where nobody has, for whom it was issued: <c>shop/pod/orders-1</c>.</param>
/// <param name="Database">The pod's own name for the connection; empty where that is not on record.</param>
/// <param name="Role">The role; empty where that is not on record.</param>
/// <param name="Source">The name of the source.</param>
/// <param name="IssuedAt">When it was issued; null where that is not known.</param>
/// <param name="ExpiresAt">When it ends unless renewed; null where it does not end by itself, and where that is not known.</param>
/// <param name="IsRenewable">Whether that end can be put off.</param>
public sealed record ReportedLease(
    Guid Uuid, LeaseState State, string Owner, string Database, string Role, string Source, DateTimeOffset? IssuedAt, DateTimeOffset? ExpiresAt, bool IsRenewable);
