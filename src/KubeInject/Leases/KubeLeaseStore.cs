using System.Text.Json.Nodes;
using KubeInject.Credentials;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>
/// Stores each lease record in a Secret of one namespace. Records contain no secret; as Secrets, they are hidden from users
/// with only general read access.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="namespace">The namespace of the records, which must exist. Default: <see cref="DefaultNamespace"/>.</param>
internal sealed class KubeLeaseStore(KubeObjectClient client, string @namespace = KubeLeaseStore.DefaultNamespace) : ILeaseStore
{
    /// <summary>The default namespace of the records.</summary>
    public const string DefaultNamespace = "kubeinject";

    /// <summary>The type of the Secrets that contain records.</summary>
    public const string SecretType = "kubeinject.io/lease";

    /// <summary>The label with the tool that manages an object.</summary>
    public const string ManagedByLabel = "app.kubernetes.io/managed-by";

    /// <summary>The label with the source of a lease.</summary>
    public const string SourceLabel = "kubeinject.io/source";

    /// <summary>The prefix of the labels of Secrets that deliver credentials. The rest of the label is the UUID of the lease.</summary>
    internal const string DeliveryLabel = "lease.kubeinject.io/";

    /// <summary>The type of the Secrets that deliver credentials.</summary>
    internal const string DeliveryType = "Opaque";

    private const string DataKey = "lease.json";
    private const string NamePrefix = "lease-";

    /// <summary>The namespace of the records.</summary>
    public string Namespace { get; } = @namespace;

    /// <inheritdoc/>
    public bool ListsPages => true;

    /// <summary>Where the records are.</summary>
    public override string ToString() => DisplayText.Escape($"Secrets in the namespace {Namespace}");

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
            throw NamespaceNotFound(exception);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden && exception.Message.EndsWith(':'))
        {
            // The API server does not name the right to create the object of a patch.
            throw new KubeApiException(exception.StatusCode, exception.Reason, $"{exception.Message} a new record requires the right to create secrets in the namespace {Namespace}");
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
            // Already removed.
        }
    }

    /// <inheritdoc/>
    public async Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        // Lists instead of getting the Secret, because a sweep has the permission to list, and might not have the permission to get.
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
                var problem = exception is InvalidDataException ? exception.Message : "Its data is not Base64.";
                var reason = $"It has the type {SecretType} but is not a lease record. {problem} Inspect it with: kubectl get secret {secret.Name} --namespace {Namespace} --output yaml";
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

    /// <summary>Distinguishes an empty namespace from a missing or misspelled one.</summary>
    private async Task CheckNamespaceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.GetAsync(KubeResource.Namespaces, Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            throw NamespaceNotFound(exception);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden)
        {
            // Users who may list Secrets might not be permitted to get namespaces.
        }
    }

    private KubeApiException NamespaceNotFound(KubeApiException exception) => new(
        exception.StatusCode,
        exception.Reason,
        $"The namespace '{Namespace}' for the lease records does not exist. Create it (kubectl create namespace {Namespace}), or specify another namespace.");
}
