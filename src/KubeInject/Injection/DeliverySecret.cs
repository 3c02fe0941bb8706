using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>The Secret that delivers the credentials of a pod template. Each injection creates a new Secret, so that old pods keep their Secret.</summary>
/// <param name="reference">The name and the namespace. The namespace is null if it is determined when the manifest is applied.</param>
/// <param name="plan">The plan with the variables that refer to the Secret.</param>
internal sealed class DeliverySecret(ObjectReference reference, InjectionPlan plan)
{
    /// <summary>The prefix of the labels that name the leases by UUID, so that a selector finds the Secret of a lease.</summary>
    public const string LeaseLabel = KubeLeaseStore.DeliveryLabel;

    private const int NameLimit = 253; // of a DNS subdomain

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public ObjectReference Reference => reference;

    /// <summary>Creates a Secret with a unique name for a pod template.</summary>
    public static DeliverySecret For(InjectionPlan plan, string? @namespace)
    {
        var suffix = $"db-{Guid.NewGuid().ToString("n")[..10]}";
        var owner = plan.Object.Name.TrimEnd('*');
        owner = owner[..Math.Min(owner.Length, NameLimit - suffix.Length - 1)].TrimEnd('-', '.');
        return new DeliverySecret(new ObjectReference("Secret", @namespace, owner.Length == 0 ? suffix : $"{owner}-{suffix}"), plan);
    }

    /// <summary>Returns the <c>valueFrom</c> of a variable that gets its value from the Secret.</summary>
    public JsonObject SourceOf(PlannedVariable variable) => new() { ["secretKeyRef"] = new JsonObject { ["name"] = reference.Name, ["key"] = KeyOf(variable) } };

    /// <summary>Returns the Secret as an object for the API server.</summary>
    /// <param name="credentials">The issued credentials. Null for a dry run, which creates the Secret with empty values.</param>
    /// <param name="owner">The workload with which the Secret is deleted. Null for none.</param>
    public KubeObject ToObject(IReadOnlyList<IssuedLease>? credentials, OwnerReference? owner)
    {
        var document = ToJson(credentials);
        if (owner is not null)
            document["metadata"]!["ownerReferences"] = new JsonArray(OwnerToJson(owner));
        return KubeObject.Parse(document.ToJsonString());
    }

    public static JsonObject OwnerToJson(OwnerReference owner) => new()
    {
        ["apiVersion"] = owner.ApiVersion,
        ["kind"] = owner.Kind,
        ["name"] = owner.Name,
        ["uid"] = owner.Uid,
    };

    /// <summary>Returns the Secret as a JSON manifest.</summary>
    public string ToJsonText(IReadOnlyList<IssuedLease> credentials) => ToJson(credentials).ToJsonString(Indented) + "\n";

    /// <summary>Returns the Secret as a YAML manifest.</summary>
    public string ToYaml(IReadOnlyList<IssuedLease> credentials)
    {
        var yaml = new StringBuilder();
        foreach (var (key, value) in ToJson(credentials))
        {
            var lines = value is JsonValue scalar
                ? [$"{key}: {(scalar.TryGetValue(out string? text) ? ScalarWriter.Write(text) : scalar.ToJsonString())}"]
                : BlockWriter.Entry(key, value!, new BlockStyle(KeyColumn: 0, DashColumn: 2, ItemOffset: 2));
            yaml.AppendJoin('\n', lines).Append('\n');
        }

        return yaml.ToString();
    }

    // For example orders.username, orders.password, orders.uri.
    private static string KeyOf(PlannedVariable variable) => $"{variable.Database.Name}.{variable.Part.ToString().ToLowerInvariant()}";

    private JsonObject ToJson(IReadOnlyList<IssuedLease>? credentials)
    {
        var labels = new JsonObject { [KubeLeaseStore.ManagedByLabel] = KubeWriteOptions.DefaultFieldManager };
        foreach (var lease in credentials ?? [])
            labels[$"{LeaseLabel}{lease.Record.Uuid}"] = "";
        var metadata = new JsonObject { ["name"] = reference.Name };
        if (reference.Namespace is not null)
            metadata["namespace"] = reference.Namespace;
        metadata["labels"] = labels;
        return new JsonObject
        {
            ["apiVersion"] = KubeResource.Secrets.ApiVersion,
            ["kind"] = KubeResource.Secrets.Kind,
            ["metadata"] = metadata,
            ["type"] = KubeLeaseStore.DeliveryType,
            ["immutable"] = true, // Pods read it once, and new credentials get a new Secret.
            ["stringData"] = Values(credentials),
        };
    }

    private JsonObject Values(IReadOnlyList<IssuedLease>? credentials)
    {
        var byDatabase = credentials?.ToDictionary(lease => lease.Record.Database, lease => lease.Credential, StringComparer.Ordinal);
        var values = new JsonObject();
        foreach (var variable in plan.Variables)
            values[KeyOf(variable)] = byDatabase is null ? "" : EnvironmentValue.InSecret(variable, byDatabase[variable.Database.Name]);
        return values;
    }
}
