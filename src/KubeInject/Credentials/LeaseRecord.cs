using System.Text.Json.Serialization;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Credentials;

/// <summary>The data of a lease that is stored, which is sufficient to find its owner, and to renew and revoke its credential.</summary>
public sealed record LeaseRecord
{
    /// <summary>The format version of new records. Records with a later version are not read and not changed.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The format version. Default: <see cref="CurrentVersion"/>.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The UUID of the lease, as in the pod's <c>uuid</c> annotation.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>The name of the issuer, for example <c>local</c> or <c>vault</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The server of the issuer, if there can be several issuers with that name: <c>db.example.org:5432</c>; otherwise null.</summary>
    [JsonPropertyName("Place")]
    public string? ServerName { get; init; }

    /// <summary>The UID of the cluster that the lease was issued for (of its namespace <c>kube-system</c>); null without a connection, and in records of other injectors.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>Whether the credential was issued and completely recorded. An incomplete lease must be revoked, because a credential might exist.</summary>
    public bool IsComplete { get; init; }

    /// <summary>The name of the database in the pod's annotations; empty in records of other injectors.</summary>
    public string Database { get; init; } = "";

    /// <summary>The role that the credential was issued from; empty in records of other injectors.</summary>
    public string Role { get; init; } = "";

    /// <summary>The mount path of the database secrets engine; empty in records of other injectors.</summary>
    public string Mount { get; init; } = "";

    /// <summary>The pod or workload that the lease was issued for.</summary>
    public required ObjectReference Owner { get; init; }

    /// <summary>The UID of the owner, which differs from that of an earlier object with the same name; null if the record does not contain it.</summary>
    public string? OwnerUid { get; init; }

    /// <summary>The ServiceAccount that the pod runs as.</summary>
    public required string ServiceAccountName { get; init; }

    /// <summary>The node that the pod runs on; null if the record does not contain it.</summary>
    public string? NodeName { get; init; }

    /// <summary>When the record was created, before the credential was issued; null in records of other injectors.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>When the credential was last renewed; null if it was never renewed.</summary>
    public DateTimeOffset? RenewedAt { get; init; }

    /// <summary>The username; null if it is unknown.</summary>
    public string? Username { get; init; }

    /// <summary>The ID that the issuer assigned to the lease; null if the lease is incomplete or if the issuer assigns none.</summary>
    public string? LeaseId { get; init; }

    /// <summary>When the credential expires unless it is renewed; null if it does not expire, or if the time is unknown.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether the credential can be renewed.</summary>
    public bool IsRenewable { get; init; }

    /// <summary>The Secret that delivers the credential, which is deleted when the credential is revoked; null if no Secret delivers it.</summary>
    public ObjectReference? Secret { get; init; }

    /// <summary>The token that issued the credential; null if there is none. Revoking the token also revokes the credential. Only Vault stores it.</summary>
    [JsonIgnore]
    public SensitiveString? Token { get; init; }

    /// <summary>Unknown fields of another writer, which are kept when the record is written again.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> OtherFields { get; init; } = new Dictionary<string, string>();

    /// <summary>Creates the record of a lease before its credential is issued.</summary>
    internal static LeaseRecord For(CredentialRequest request, ICredentialIssuer issuer, string? clusterUid = null) => new()
    {
        Uuid = request.Uuid,
        Source = issuer.Name,
        ServerName = issuer.ServerName,
        ClusterUid = clusterUid,
        Database = request.Database,
        Role = request.Role,
        Mount = request.Mount,
        Owner = request.Owner,
        OwnerUid = request.OwnerUid,
        ServiceAccountName = request.ServiceAccountName,
        Secret = request.Secret,
    };

    /// <summary>Whether another record has the same content, including the token.</summary>
    internal bool HasSameContentAs(LeaseRecord other) =>
        Token?.Reveal() == other.Token?.Reveal()
        && OtherFields.Count == other.OtherFields.Count && OtherFields.All(field => other.OtherFields.TryGetValue(field.Key, out var value) && value == field.Value)
        && this with { Token = null, OtherFields = other.OtherFields } == other with { Token = null };

    /// <summary>Returns the record with the data of the issued credential.</summary>
    internal LeaseRecord Complete(Credential credential) => this with
    {
        IsComplete = true,
        Username = credential.Username,
        LeaseId = credential.LeaseId ?? LeaseId,
        ExpiresAt = credential.ExpiresAt,
        IsRenewable = credential.IsRenewable,
    };
}
