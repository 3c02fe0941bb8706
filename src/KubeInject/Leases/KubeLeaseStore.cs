using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Kubernetes;

namespace KubeInject.Leases;

/// <summary>
/// Keeps lease records as Secrets of one namespace, one a lease. They hold no secret; as Secrets they are kept from
/// whoever may read no more than what is everybody's.
/// </summary>
/// <param name="client">The cluster. Its requests end within the limits of its connection.</param>
/// <param name="namespace">The namespace, which has to exist. Default: <see cref="DefaultNamespace"/>.</param>
public sealed class KubeLeaseStore(KubeClient client, string @namespace = KubeLeaseStore.DefaultNamespace) : ILeaseStore
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

    private const string DataKey = "lease.json";
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The namespace of the records.</summary>
    public string Namespace { get; } = @namespace;

    /// <inheritdoc/>
    public async Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Token is not null)
            throw new ArgumentException("A token is not kept in a lease record of this kind.", nameof(record));
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
            ["data"] = new JsonObject { [DataKey] = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(record, LeaseRecordJson.Default.LeaseRecord)) },
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
        try
        {
            return Read(await client.GetAsync(KubeResource.Secrets, NameOf(uuid), Namespace, cancellationToken).ConfigureAwait(false));
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LeaseRecord>> ListAsync(CancellationToken cancellationToken)
    {
        var records = new List<LeaseRecord>();
        var query = new KubeQuery { Namespace = Namespace, FieldSelector = $"type={SecretType}" };
        await foreach (var secret in client.ListAsync(KubeResource.Secrets, query, cancellationToken).ConfigureAwait(false))
            records.Add(Read(secret));
        if (records.Count == 0)
            await CheckNamespaceAsync(cancellationToken).ConfigureAwait(false);
        return [.. records.OrderBy(record => record.Uuid.ToString(), StringComparer.Ordinal)];
    }

    private static string NameOf(Guid uuid) => $"lease-{uuid}";

    private LeaseRecord Read(KubeObject secret)
    {
        try
        {
            var json = Convert.FromBase64String(secret.ToElement().Get("data").Text(DataKey) ?? "");
            if (JsonSerializer.Deserialize(Utf8.GetString(json), LeaseRecordJson.Default.LeaseRecord) is { } record && secret.Name == NameOf(record.Uuid))
                return record;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or DecoderFallbackException)
        {
            // Said below, without the cause, which may quote what is in the Secret.
        }

        throw new InvalidDataException(
            $"The Secret {secret.Name} of the namespace {Namespace} has the type {SecretType} and holds no lease record, or another's. Look at it with: kubectl get secret {secret.Name} --namespace {Namespace} --output yaml");
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
        $"There is no namespace '{Namespace}' for the lease records. Make it with: kubectl create namespace {Namespace}. Or name another one for them.", exception);
}
