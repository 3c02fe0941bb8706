using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Credentials;
using KubeInject.Kubernetes;

namespace KubeInject.Leases;

/// <summary>
/// Keeps lease records in Vault (KV version 2), in the layout of the injector that runs in clusters, so that each looks
/// after the other's leases. Tokens are kept here: the mount is for nobody else.
/// </summary>
/// <remarks>
/// What is not named by a lower-case UUID is no lease record, and left alone; so is a record whose last version was
/// deleted. (https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2)
/// </remarks>
public sealed class VaultLeaseStore : ILeaseStore
{
    /// <summary>The mount where nothing else is said: <c>vault-db-injector</c>.</summary>
    public const string DefaultMount = "vault-db-injector";

    /// <summary>The prefix where nothing else is said: <c>kubernetes</c>.</summary>
    public const string DefaultPrefix = "kubernetes";

    private readonly VaultClient vault;
    private readonly string data;
    private readonly string metadata;

    /// <summary>Takes a place in Vault. Nothing is sent yet.</summary>
    /// <param name="vault">Speaks to the server; whoever made it disposes of it.</param>
    /// <param name="mount">Where the KV engine is mounted.</param>
    /// <param name="prefix">What all records are below; each cluster needs one of its own.</param>
    public VaultLeaseStore(VaultClient vault, string mount = DefaultMount, string prefix = DefaultPrefix)
    {
        ArgumentNullException.ThrowIfNull(vault);
        ArgumentException.ThrowIfNullOrWhiteSpace(mount);
        ArgumentException.ThrowIfNullOrWhiteSpace(prefix);
        this.vault = vault;
        data = $"{VaultRequest.Escape(mount)}/data/{VaultRequest.Escape(prefix)}";
        metadata = $"{VaultRequest.Escape(mount)}/metadata/{VaultRequest.Escape(prefix)}";
    }

    /// <inheritdoc/>
    public async Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        var fields = new JsonObject(VaultLeaseFields.Write(record).Select(field => KeyValuePair.Create<string, JsonNode?>(field.Key, field.Value)));
        var request = VaultRequest.Post($"{data}/{record.Uuid}", new JsonObject { ["data"] = fields }, record.Token is null ? [] : [record.Token]) with { Grant = "create and update" };
        var response = await vault.SucceedAsync(request, cancellationToken).ConfigureAwait(false);

        // Version 1 takes anything anywhere, and nobody would find it again.
        if (response.Data.Int("version") == 0)
            throw vault.Failures.Unexpected(request, "it keeps no versions; the mount has to be a KV engine of version 2");
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(Guid uuid, CancellationToken cancellationToken)
    {
        var request = new VaultRequest(HttpMethod.Delete, $"{metadata}/{uuid}");
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccess && !response.IsNothing)
            throw vault.Failure(request, response);
    }

    /// <inheritdoc/>
    public async Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        var request = VaultRequest.Get($"{data}/{uuid}");
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var version = response.Data.Get("metadata");
        if (response.IsNothing || (response.StatusCode == 404 && version.Exists()))
            return null;
        if (!response.IsSuccess)
            throw vault.Failure(request, response);
        return response.Data.Get("data") is { ValueKind: JsonValueKind.Object } fields
            ? VaultLeaseFields.Read(uuid, fields, version.Time("created_time"))
            : throw vault.Failures.Unexpected(request, "its answer holds no record");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LeaseRecord>> ListAsync(CancellationToken cancellationToken)
    {
        var request = VaultRequest.List(metadata);
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsNothing)
            return [];
        if (!response.IsSuccess)
            throw vault.Failure(request, response);
        if (response.Data.Get("keys") is not { ValueKind: JsonValueKind.Array } keys)
            throw vault.Failures.Unexpected(request, "its answer holds no keys");
        var uuids = keys.Items().Select(key => key.Text()).OfType<string>()
            .Select(key => Guid.TryParseExact(key, "D", out var uuid) && uuid.ToString() == key ? uuid : (Guid?)null).OfType<Guid>();
        var records = new ConcurrentBag<LeaseRecord>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = vault.Settings.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(uuids, parallel, async (uuid, token) =>
        {
            // One that is gone by now was revoked meanwhile.
            if (await FindAsync(uuid, token).ConfigureAwait(false) is { } record)
                records.Add(record);
        }).ConfigureAwait(false);
        return [.. records.OrderBy(record => record.Uuid)];
    }
}
