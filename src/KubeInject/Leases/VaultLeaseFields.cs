using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>The fields of a lease record in Vault: those of the in-cluster injector and those of KubeInject. All are strings.</summary>
internal static class VaultLeaseFields
{
    // Fields of the in-cluster injector, which are always present.
    private const string LeaseId = "LeaseId";
    private const string TokenId = "TokenId";
    private const string Namespace = "Namespace";
    private const string ServiceAccountName = "ServiceAccountName";
    private const string PodName = "PodName"; // the pod or workload
    private const string NodeName = "NodeName";

    // Fields of KubeInject, which are omitted if they are empty.
    private const string OwnerKind = "OwnerKind";
    private const string OwnerUid = "OwnerUid";
    private const string Source = "Source";
    private const string IsComplete = "IsComplete";
    private const string Database = "Database";
    private const string Role = "Role";
    private const string Mount = "Mount";
    private const string Username = "Username";
    private const string RecordedAt = "RecordedAt";
    private const string RenewedAt = "RenewedAt";
    private const string ExpiresAt = "ExpiresAt";
    private const string IsRenewable = "IsRenewable";
    private const string SecretName = "Secret";
    private const string Version = "Version";
    private const string ClusterUid = "ClusterUid";

    private static readonly HashSet<string> Known =
    [
        LeaseId, TokenId, Namespace, ServiceAccountName, PodName, NodeName,
        OwnerKind, OwnerUid, Source, IsComplete, Database, Role, Mount, Username, RecordedAt, RenewedAt, ExpiresAt, IsRenewable, SecretName, Version, ClusterUid,
    ];

    public static IReadOnlyDictionary<string, string> Write(LeaseRecord record)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in record.OtherFields.Where(field => !Known.Contains(field.Key)))
            fields[name] = value;
        fields[LeaseId] = record.LeaseId ?? "";
        fields[TokenId] = record.Token?.Reveal() ?? "";
        fields[Namespace] = record.Owner.Namespace ?? "";
        fields[ServiceAccountName] = record.ServiceAccountName;
        fields[PodName] = record.Owner.Name;
        fields[NodeName] = record.NodeName ?? "";
        fields[OwnerKind] = record.Owner.Kind;
        fields[Source] = record.Source;
        fields[IsComplete] = Text(record.IsComplete);
        fields[IsRenewable] = Text(record.IsRenewable);
        fields[Version] = LeaseRecord.CurrentVersion.ToString(CultureInfo.InvariantCulture);
        Add(OwnerUid, record.OwnerUid);
        Add(Database, record.Database);
        Add(Role, record.Role);
        Add(Mount, record.Mount);
        Add(Username, record.Username);
        Add(RecordedAt, Text(record.RecordedAt));
        Add(RenewedAt, Text(record.RenewedAt));
        Add(ExpiresAt, Text(record.ExpiresAt));
        Add(SecretName, record.Secret?.ToString());
        Add(ClusterUid, record.ClusterUid);
        return fields;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                fields[name] = value;
        }
    }

    /// <summary>Returns the fields of the second entry, which only KubeInject writes: all except the token.</summary>
    public static IReadOnlyDictionary<string, string> WriteEntry(LeaseRecord record) =>
        Write(record).Where(field => field.Key != TokenId).ToDictionary(StringComparer.Ordinal);

    /// <summary>Whether another injector wrote a record, or overwrote a record of KubeInject: it has no field of KubeInject.</summary>
    public static bool AreForeign(JsonElement fields) => !fields.Get(IsComplete).Exists();

    /// <summary>
    /// Reads a record that another injector has overwritten, and completes it from the second entry. The entry takes precedence
    /// for the owner, because the other injector replaces the workload with the pod.
    /// </summary>
    public static LeaseRecord Read(Guid uuid, JsonElement fields, JsonElement entry, DateTimeOffset? createdAt)
    {
        var merged = new JsonObject();
        foreach (var field in entry.EnumerateObject().Concat(fields.EnumerateObject()))
        {
            var isOwnerOfEntry = field.Name is Namespace or ServiceAccountName or PodName && merged.ContainsKey(field.Name);
            if (field.Value.Text() is not { Length: 0 } && !isOwnerOfEntry)
                merged[field.Name] = JsonNode.Parse(field.Value.GetRawText());
        }

        return Read(uuid, TolerantJson.Parse(Encoding.UTF8.GetBytes(merged.ToJsonString())), createdAt);
    }

    /// <summary>Reads a record. The defaults for missing fields are those of the other injector, which writes a record after the credential is issued.</summary>
    public static LeaseRecord Read(Guid uuid, JsonElement fields, DateTimeOffset? createdAt) => new()
    {
        Uuid = uuid,
        Source = Value(fields, Source) ?? VaultIssuer.SourceName,
        IsComplete = Value(fields, IsComplete) != Text(false),
        IsRenewable = Value(fields, IsRenewable) != Text(false),
        Owner = new ObjectReference(Value(fields, OwnerKind) ?? "Pod", Value(fields, Namespace), Value(fields, PodName) ?? ""),
        OwnerUid = Value(fields, OwnerUid),
        ServiceAccountName = Value(fields, ServiceAccountName) ?? "",
        NodeName = Value(fields, NodeName),
        LeaseId = Value(fields, LeaseId),
        Token = Value(fields, TokenId) is { } token ? new SensitiveString(token) : null,
        Database = Value(fields, Database) ?? "",
        Role = Value(fields, Role) ?? "",
        Mount = Value(fields, Mount) ?? "",
        Username = Value(fields, Username),
        RecordedAt = fields.Time(RecordedAt) ?? createdAt,
        RenewedAt = fields.Time(RenewedAt),
        ExpiresAt = fields.Time(ExpiresAt),
        ClusterUid = Value(fields, ClusterUid),
        Secret = Value(fields, SecretName) is { } secret ? Reference(secret) : null,
        OtherFields = Others(fields),
    };

    /// <summary>Checks whether a record can be read from fields.</summary>
    /// <exception cref="InvalidDataException">A later version of KubeInject wrote the fields, or a field that a revocation requires has an unknown format.</exception>
    public static void Check(JsonElement fields)
    {
        foreach (var name in (string[])[LeaseId, TokenId])
        {
            if (fields.Get(name) is var value && value.Exists() && value.ValueKind != JsonValueKind.String)
                throw new InvalidDataException($"Its field {name} is not a string.");
        }

        if (Value(fields, Version) is { } version && !(int.TryParse(version, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= LeaseRecord.CurrentVersion))
            throw new InvalidDataException($"It has version '{(version.Length < 10 ? version : "…")}' of the format, but this program reads only versions up to {LeaseRecord.CurrentVersion}. Use the version of KubeInject that wrote it.");
    }

    private static string? Value(JsonElement fields, string name) => fields.Text(name) is { Length: > 0 } value ? value : null;

    private static string Text(bool value) => value ? "true" : "false";

    private static string? Text(DateTimeOffset? time) => time?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static ObjectReference Reference(string text)
    {
        var parts = text.Split('/');
        return new ObjectReference("Secret", parts.Length > 2 ? parts[0] : null, parts[^1]);
    }

    /// <summary>Returns the unknown fields. Values that are not strings are kept as JSON.</summary>
    private static Dictionary<string, string> Others(JsonElement fields)
    {
        var others = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in fields.EnumerateObject().Where(field => !Known.Contains(field.Name)))
            others[field.Name] = field.Value.Text() ?? field.Value.GetRawText();
        return others;
    }
}
