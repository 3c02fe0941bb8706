using System.Text.Json.Serialization;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>What is known of a credential: enough to find its owner, to renew it and to revoke it.</summary>
public sealed record LeaseRecord
{
    /// <summary>The version of the format that records are written in. A record of a later one is not read, and stays as it is.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the record's format. Default: <see cref="CurrentVersion"/>.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The lease's identity; the pod's <c>uuid</c> annotation names it.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>The name of the issuer: <c>local</c>, <c>vault</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Where the issuer issued it, where there are several of that name: <c>db.example.org:5432</c>; null where there is one.</summary>
    public string? Place { get; init; }

    /// <summary>The UID of the cluster that it was issued for, which is that of its namespace <c>kube-system</c>; null if none was connected, and in a record of another injector.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>Whether the credential was issued and completely recorded. Until then, what it may have brought into being is to be revoked.</summary>
    public bool IsComplete { get; init; }

    /// <summary>The user's own name for the connection; empty in a record of another injector.</summary>
    public string Database { get; init; } = "";

    /// <summary>The role that the credential was issued from; empty in a record of another injector.</summary>
    public string Role { get; init; } = "";

    /// <summary>The mount path of the database secrets engine; empty in a record of another injector.</summary>
    public string Mount { get; init; } = "";

    /// <summary>The pod or workload that it was issued for.</summary>
    public required ObjectReference Owner { get; init; }

    /// <summary>The ServiceAccount that the pod runs as.</summary>
    public required string ServiceAccountName { get; init; }

    /// <summary>The node that the pod runs on; null where the record does not say.</summary>
    public string? NodeName { get; init; }

    /// <summary>When the record was made, which is before the credential was; null in a record of another injector.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>When the credential was last renewed; null where it never was.</summary>
    public DateTimeOffset? RenewedAt { get; init; }

    /// <summary>The username; null where it is not known.</summary>
    public string? Username { get; init; }

    /// <summary>The issuer's own name for the lease; null while incomplete, and where it has none.</summary>
    public string? LeaseId { get; init; }

    /// <summary>When the credential ends unless renewed; null where it does not end by itself, and where that is not known.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether that end can be put off.</summary>
    public bool IsRenewable { get; init; }

    /// <summary>The Secret that the credential was delivered in, which ends with it; null where it was not delivered in one.</summary>
    public ObjectReference? Secret { get; init; }

    /// <summary>The token that the credential belongs to and ends with; null where there is none. Only a store that is meant for secrets keeps it.</summary>
    [JsonIgnore]
    public SensitiveString? Token { get; init; }

    /// <summary>Fields that only the writer of the record knows. They stay when the record is written again.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> OtherFields { get; init; } = new Dictionary<string, string>();

    internal CredentialHandle Handle => new(Uuid, Role, Mount) { Username = Username, LeaseId = LeaseId, Token = Token };

    internal static LeaseRecord For(CredentialRequest request, CredentialHandle handle, ICredentialIssuer issuer, string? clusterUid, DateTimeOffset now) => new()
    {
        Uuid = request.Uuid,
        Source = issuer.Name,
        Place = issuer.Place,
        ClusterUid = clusterUid,
        Database = request.Database,
        Role = request.Role,
        Mount = request.Mount,
        Owner = request.Owner,
        ServiceAccountName = request.ServiceAccountName,
        RecordedAt = now,
        Secret = request.Secret,
        Username = handle.Username,
        LeaseId = handle.LeaseId,
        Token = handle.Token,
    };

    /// <summary>Whether another record of the same lease says the same.</summary>
    internal bool SaysTheSame(LeaseRecord other) =>
        Token?.Reveal() == other.Token?.Reveal()
        && OtherFields.Count == other.OtherFields.Count && OtherFields.All(field => other.OtherFields.TryGetValue(field.Key, out var value) && value == field.Value)
        && this with { Token = null, OtherFields = other.OtherFields } == other with { Token = null };

    internal LeaseRecord Complete(Credential credential) => this with
    {
        IsComplete = true,
        Username = credential.Username,
        LeaseId = credential.LeaseId ?? LeaseId,
        ExpiresAt = credential.ExpiresAt,
        IsRenewable = credential.IsRenewable,
    };
}
