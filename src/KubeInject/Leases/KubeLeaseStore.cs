using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>
/// Keeps lease records as Secrets of one namespace, one a lease. They hold no secret; as Secrets they are kept from
/// whoever may read no more than what is everybody's.
/// </summary>
/// <param name="client">The cluster. Its requests end within the limits of its connection.</param>
/// <param name="namespace">The namespace, which has to exist. Default: <see cref="DefaultNamespace"/>.</param>
internal sealed class KubeLeaseStore(KubeObjectClient client, string @namespace = KubeLeaseStore.DefaultNamespace) : ILeaseStore
{
    /// <summary>The namespace of the records where nobody names one.</summary>
    public const string DefaultNamespace = "kubeinject";

    /// <summary>The type of the Secrets that hold records.</summary>
    public const string SecretType = "kubeinject.io/lease";

    /// <summary>The label that says who made an object.</summary>
    public const string ManagedByLabel = "app.kubernetes.io/managed-by";

    /// <summary>The label that names the source of a lease.</summary>
    public const string SourceLabel = "kubeinject.io/source";

    /// <summary>One label a lease begins with this and ends with the UUID, on the Secrets that deliver its credential.</summary>
    internal const string DeliveryLabel = "lease.kubeinject.io/";

    /// <summary>The type of the Secrets that deliver credentials.</summary>
    internal const string DeliveryType = "Opaque";

    private const string DataKey = "lease.json";
    private const string NamePrefix = "lease-";

    /// <summary>The namespace of the records.</summary>
    public string Namespace { get; } = @namespace;

    /// <inheritdoc/>
    public async Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Token is not null)
            throw new ArgumentException("A token cannot be stored in a lease record of this type.", nameof(record));
        var secret = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject
            {
                ["name"] = NameOf(record.Uuid),
                ["labels"] = new JsonObject { [ManagedByLabel] = KubeWriteOptions.DefaultFieldManager, [SourceLabel] = record.Source },
            },
            ["type"] = SecretType,
            ["data"] = new JsonObject { [DataKey] = Convert.ToBase64String(LeaseRecordDocument.Write(record)) },
        };
        try
        {
            await client.PatchAsync(KubeResource.Secrets, NameOf(record.Uuid), KubePatch.Apply(secret.ToJsonString(), force: true), Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception is { Reason: KubeApiReason.NotFound, Details.Kind: "namespaces" })
        {
            throw NoNamespace(exception);
        }
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(Guid uuid, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteAsync(KubeResource.Secrets, NameOf(uuid), Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            // Gone already.
        }
    }

    /// <inheritdoc/>
    public async Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        // By a list, since who sweeps may list records anyway, and needs no right to get them besides.
        var (records, unreadable) = await ReadAsync($"metadata.name={NameOf(uuid)},type={SecretType}", cancellationToken).ConfigureAwait(false);
        return unreadable.Count == 0 ? records.SingleOrDefault() : throw new InvalidDataException($"{unreadable[0]}");
    }

    /// <inheritdoc/>
    public async Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken)
    {
        var storedAt = new Dictionary<Guid, DateTimeOffset>();
        var (records, unreadable) = await ReadAsync($"type={SecretType}", cancellationToken, storedAt).ConfigureAwait(false);
        if (records.Count + unreadable.Count == 0)
            await CheckNamespaceAsync(cancellationToken).ConfigureAwait(false);
        return new LeaseRecordList([.. records.OrderBy(record => record.Uuid.ToString(), StringComparer.Ordinal)])
        {
            Unreadable = unreadable,
            Cluster = new ClusterIdentity(await TryGetClusterUidAsync(cancellationToken).ConfigureAwait(false), client.Server),
            Now = client.ServerTime,
            StoredAt = storedAt,
            HasFirstTimes = true,
        };
    }

    private static string NameOf(Guid uuid) => $"{NamePrefix}{uuid}";

    private async Task<(List<LeaseRecord> Records, List<UnreadableRecord> Unreadable)> ReadAsync(
        string selector, CancellationToken cancellationToken, Dictionary<Guid, DateTimeOffset>? storedAt = null)
    {
        var records = new List<LeaseRecord>();
        var unreadable = new List<UnreadableRecord>();
        await foreach (var secret in client.ListAsync(KubeResource.Secrets, new KubeQuery { Namespace = Namespace, FieldSelector = selector }, cancellationToken).ConfigureAwait(false))
        {
            Guid? uuid = secret.Name.StartsWith(NamePrefix, StringComparison.Ordinal) && Guid.TryParseExact(secret.Name[NamePrefix.Length..], "D", out var parsed) && NameOf(parsed) == secret.Name ? parsed : null;
            try
            {
                var document = secret.ToElement();
                var (record, _) = LeaseRecordDocument.Read(Convert.FromBase64String(document.Get("data").Text(DataKey) ?? ""), uuid);
                records.Add(record);
                if (document.Get("metadata").Time("creationTimestamp") is { } created)
                    storedAt?.TryAdd(record.Uuid, created);
            }
            catch (Exception exception) when (exception is InvalidDataException or FormatException)
            {
                var why = exception is InvalidDataException ? exception.Message : "Its data is not Base64.";
                var reason = $"It has the type {SecretType} but is not a lease record. {why} Inspect it with: kubectl get secret {secret.Name} --namespace {Namespace} --output yaml";
                unreadable.Add(new UnreadableRecord($"{Namespace}/secret/{secret.Name}", reason) { Uuid = uuid });
            }
        }

        return (records, unreadable);
    }

    private async Task<string?> TryGetClusterUidAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetClusterUidAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException)
        {
            return null;
        }
    }

    /// <summary>A namespace that does not exist has no records, and will take none; one whose name is misspelt neither.</summary>
    private async Task CheckNamespaceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.GetAsync(KubeResource.Namespaces, Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            throw NoNamespace(exception);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden)
        {
            // Who may list Secrets need not be allowed to look at namespaces.
        }
    }

    private DirectoryNotFoundException NoNamespace(KubeApiException exception) => new(
        $"The namespace '{Namespace}' for the lease records does not exist. Create it (kubectl create namespace {Namespace}), or specify another namespace.", exception);
}
