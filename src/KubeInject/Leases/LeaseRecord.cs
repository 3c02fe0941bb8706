using KubeInject.Credentials;
using KubeInject.Kubernetes;

namespace KubeInject.Leases;

/// <summary>What is known of a credential: enough to find its owner and to revoke it, and nothing secret.</summary>
public sealed record LeaseRecord
{
    /// <summary>The lease's identity; the pod's <c>uuid</c> annotation names it.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>The name of the issuer: <c>local</c>.</summary>
    public required string Source { get; init; }

    /// <summary>How far it has come.</summary>
    public required LeaseState State { get; init; }

    /// <summary>The user's own name for the connection.</summary>
    public required string Database { get; init; }

    /// <summary>The role that the credential was issued from.</summary>
    public required string Role { get; init; }

    /// <summary>The mount path of the database secrets engine.</summary>
    public required string Mount { get; init; }

    /// <summary>The pod or workload that it was issued for.</summary>
    public required ObjectReference Owner { get; init; }

    /// <summary>The ServiceAccount that the pod runs as.</summary>
    public required string ServiceAccountName { get; init; }

    /// <summary>When the record was made, which is before the credential was.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The username; null while incomplete.</summary>
    public string? Username { get; init; }

    /// <summary>The issuer's own name for the lease; null while incomplete.</summary>
    public string? LeaseId { get; init; }

    /// <summary>When the credential ends unless renewed; null where it does not end by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    internal static LeaseRecord For(CredentialRequest request, string source, DateTimeOffset now) => new()
    {
        Uuid = request.Uuid,
        Source = source,
        State = LeaseState.Incomplete,
        Database = request.Database,
        Role = request.Role,
        Mount = request.Mount,
        Owner = request.Owner,
        ServiceAccountName = request.ServiceAccountName,
        RecordedAt = now,
    };

    internal LeaseRecord Complete(Credential credential) => this with
    {
        State = LeaseState.Active,
        Username = credential.Username,
        LeaseId = credential.LeaseId,
        ExpiresAt = credential.ExpiresAt,
    };
}
