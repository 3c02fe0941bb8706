using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Http;

namespace KubeInject.Leases;

/// <summary>
/// Stores lease records in Vault (KV version 2) in the format of the in-cluster injector, so that both can manage each other's
/// leases. The records contain tokens, so grant access to the mount only to injectors.
/// </summary>
/// <remarks>
/// Entries whose name is not a lowercase UUID, and records whose last version was deleted, are ignored.
/// (https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2) The in-cluster injector overwrites a record with its six
/// fields and drops all others, so KubeInject also stores its fields in a second entry below <c>kubeinject</c>.
/// </remarks>
internal sealed class VaultLeaseStore : ILeaseStore
{
    /// <summary>The default mount path: <c>vault-db-injector</c>.</summary>
    public const string DefaultMount = "vault-db-injector";

    /// <summary>The default mount path of the in-cluster injector before version 3.</summary>
    private const string FormerMount = "vault-injector";

    /// <summary>The default prefix: <c>kubernetes</c>.</summary>
    public const string DefaultPrefix = "kubernetes";

    private const string EntryFolder = "kubeinject";

    private readonly VaultClient vault;
    private readonly string data;
    private readonly string metadata;
    private readonly string entryData;
    private readonly string entryMetadata;

    /// <summary>Creates the store. It sends no request.</summary>
    /// <param name="vault">The client of the server. The caller disposes of it.</param>
    /// <param name="mount">The mount path of the KV engine.</param>
    /// <param name="prefix">The path of the records in the mount. Each cluster requires a separate prefix.</param>
    public VaultLeaseStore(VaultClient vault, string mount = DefaultMount, string prefix = DefaultPrefix)
    {
        ArgumentNullException.ThrowIfNull(vault);
        ArgumentException.ThrowIfNullOrWhiteSpace(mount);
        ArgumentException.ThrowIfNullOrWhiteSpace(prefix);
        this.vault = vault;
        var (mountPath, prefixPath) = (VaultRequest.Escape(mount), VaultRequest.Escape(prefix));
        data = $"{mountPath}/data/{prefixPath}";
        metadata = $"{mountPath}/metadata/{prefixPath}";
        entryData = $"{mountPath}/data/{EntryFolder}/{prefixPath}";
        entryMetadata = $"{mountPath}/metadata/{EntryFolder}/{prefixPath}";
    }

    /// <summary>The path of the records in Vault.</summary>
    public override string ToString() => DisplayText.Escape(Uri.UnescapeDataString(data));

    /// <inheritdoc/>
    public async Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);

        // Write the entry first, so that each record of KubeInject has one. The policy of another injector does not permit it. The
        // record is sufficient for that injector, and for KubeInject unless that injector overwrites it.
        var entryRequest = Post($"{entryData}/{record.Uuid}", VaultLeaseFields.WriteEntry(record));
        var entryResponse = await vault.SendAsync(entryRequest, cancellationToken).ConfigureAwait(false);
        if (!entryResponse.IsSuccess && entryResponse.StatusCode != 403)
            throw Failure(entryRequest, entryResponse);

        var request = Post($"{data}/{record.Uuid}", VaultLeaseFields.Write(record), record.Token is null ? [] : [record.Token]);
        var response = await vault.SendAndEnsureSuccessAsync(request, cancellationToken).ConfigureAwait(false);

        // A KV engine of version 1 accepts any path, but the record could not be listed.
        if (response.Data.Int("version") == 0)
            throw vault.Failures.Unexpected(request, "the mount keeps no versions; it must be a KV engine of version 2");
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(Guid uuid, CancellationToken cancellationToken)
    {
        var request = new VaultRequest(HttpMethod.Delete, $"{metadata}/{uuid}");
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccess && !response.IsNotFound)
            throw vault.Failure(request, response);

        // A policy that does not permit deleting an entry does not permit writing one, either, so there is none.
        var entryRequest = new VaultRequest(HttpMethod.Delete, $"{entryMetadata}/{uuid}");
        var entryResponse = await vault.SendAsync(entryRequest, cancellationToken).ConfigureAwait(false);
        if (!entryResponse.IsSuccess && !entryResponse.IsNotFound && entryResponse.StatusCode != 403)
            throw vault.Failure(entryRequest, entryResponse);
    }

    /// <inheritdoc/>
    public async Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken) =>
        (await ReadRecordAsync(uuid, mayHaveEntry: true, cancellationToken).ConfigureAwait(false))?.Record;

    /// <inheritdoc/>
    public Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken) => ListAsync(new Dictionary<Guid, LeaseRecord>(), cancellationToken);

    /// <inheritdoc/>
    public async Task<LeaseRecordList> ListAsync(IReadOnlyDictionary<Guid, LeaseRecord> known, CancellationToken cancellationToken)
    {
        // List the records first, so that the entry of a record that is removed in the meantime is not treated as abandoned. The
        // entry of a record that is written in the meantime is, but it is younger than the grace period.
        var uuids = await KeysAsync(VaultRequest.List(metadata), cancellationToken).ConfigureAwait(false);
        var unreadable = new ConcurrentBag<UnreadableRecord>();
        var entries = await ListEntriesAsync(unreadable, cancellationToken).ConfigureAwait(false);
        var records = new ConcurrentBag<Stored>();
        await ReadAllAsync(uuids.Where(uuid => !known.ContainsKey(uuid)), data, unreadable, async (uuid, token) =>
        {
            // A missing record was revoked in the meantime.
            if (await ReadRecordAsync(uuid, entries.Contains(uuid), token).ConfigureAwait(false) is { } stored)
                records.Add(stored);
        }, cancellationToken).ConfigureAwait(false);

        var abandoned = new ConcurrentBag<Stored>();
        await ReadAllAsync(entries.Except(uuids), entryData, unreadable, async (uuid, token) =>
        {
            if (await ReadAsync($"{entryData}/{uuid}", token).ConfigureAwait(false) is var (fields, storedAt))
                abandoned.Add(new Stored(VaultLeaseFields.Read(uuid, fields, storedAt), storedAt));
        }, cancellationToken).ConfigureAwait(false);

        return new LeaseRecordList([.. records.Select(stored => stored.Record).Concat(known.Values.Where(record => uuids.Contains(record.Uuid))).OrderBy(record => record.Uuid)])
        {
            Unreadable = [.. unreadable.OrderBy(record => record.Location, StringComparer.Ordinal)],
            RevokedByOthers = [.. abandoned.Select(stored => stored.Record).OrderBy(record => record.Uuid)],
            Now = vault.ServerClock.Now ?? vault.Clock.GetUtcNow(),
            StoredAt = records.Concat(abandoned).Where(stored => stored.StoredAt is not null).ToDictionary(stored => stored.Record.Uuid, stored => stored.StoredAt!.Value),
        };
    }

    private static VaultRequest Post(string path, IReadOnlyDictionary<string, string> fields, params SensitiveString[] secrets)
    {
        var data = new JsonObject(fields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Key, field.Value)));
        return VaultRequest.Post(path, new JsonObject { ["data"] = data }, secrets) with { Grant = "create and update" };
    }

    /// <summary>Lists the leases that have an entry of KubeInject.</summary>
    private async Task<HashSet<Guid>> ListEntriesAsync(ConcurrentBag<UnreadableRecord> unreadable, CancellationToken cancellationToken)
    {
        try
        {
            return await KeysAsync(VaultRequest.List(entryMetadata), cancellationToken).ConfigureAwait(false);
        }
        catch (CredentialException exception) when (exception.Reason == CredentialFailure.Refused)
        {
            unreadable.Add(new UnreadableRecord(Uri.UnescapeDataString(entryMetadata), $"The additional lease data of KubeInject cannot be read, so Secrets of leases whose records another injector has overwritten may remain. {exception.Message}"));
            return [];
        }
    }

    private async Task<HashSet<Guid>> KeysAsync(VaultRequest request, CancellationToken cancellationToken)
    {
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsNotFound)
            return [];
        if (!response.IsSuccess)
            throw Failure(request, response);
        if (response.Data.Get("keys") is not { ValueKind: JsonValueKind.Array } keys)
            throw vault.Failures.Unexpected(request, "the response has no keys");
        return keys.Items().Select(key => key.Text()).OfType<string>()
            .Select(key => Guid.TryParseExact(key, "D", out var uuid) && uuid.ToString() == key ? uuid : (Guid?)null).OfType<Guid>().ToHashSet();
    }

    /// <summary>Creates the exception for an error response. If the mount is missing, it names the former default mount.</summary>
    private CredentialException Failure(VaultRequest request, VaultResponse response)
    {
        var failure = vault.Failure(request, response);
        return response.StatusCode != 404 ? failure : new CredentialException(
            failure.Reason,
            $"{failure.Message} If the in-cluster injector is older than version 3, its records are in the mount '{FormerMount}': specify it with -LeaseMount or --vault-lease-mount.");
    }

    private async Task ReadAllAsync(
        IEnumerable<Guid> uuids, string path, ConcurrentBag<UnreadableRecord> unreadable, Func<Guid, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = vault.Settings.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(uuids, parallel, async (uuid, token) =>
        {
            try
            {
                await read(uuid, token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is InvalidDataException or CredentialException { Reason: CredentialFailure.Refused or CredentialFailure.UnexpectedAnswer })
            {
                // One invalid record must not prevent reading the others.
                unreadable.Add(new UnreadableRecord(Uri.UnescapeDataString($"{path}/{uuid}"), $"It cannot be read as a lease record. {exception.Message}") { Uuid = uuid });
            }
        }).ConfigureAwait(false);
    }

    private async Task<Stored?> ReadRecordAsync(Guid uuid, bool mayHaveEntry, CancellationToken cancellationToken)
    {
        if (await ReadAsync($"{data}/{uuid}", cancellationToken).ConfigureAwait(false) is not var (fields, storedAt))
            return null;
        VaultLeaseFields.Check(fields);
        if (mayHaveEntry && VaultLeaseFields.AreForeign(fields) && await TryReadEntryAsync(uuid, cancellationToken).ConfigureAwait(false) is { } entry)
        {
            VaultLeaseFields.Check(entry);
            return new Stored(VaultLeaseFields.Read(uuid, fields, entry, storedAt), storedAt);
        }

        return new Stored(VaultLeaseFields.Read(uuid, fields, storedAt), storedAt);
    }

    private async Task<JsonElement?> TryReadEntryAsync(Guid uuid, CancellationToken cancellationToken)
    {
        try
        {
            return (await ReadAsync($"{entryData}/{uuid}", cancellationToken).ConfigureAwait(false))?.Fields;
        }
        catch (CredentialException exception) when (exception.Reason == CredentialFailure.Refused)
        {
            return null;
        }
    }

    /// <returns>The fields at a path, and when this version was written; null if there are none.</returns>
    private async Task<(JsonElement Fields, DateTimeOffset? StoredAt)?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var request = VaultRequest.Get(path);
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var version = response.Data.Get("metadata");
        if (response.IsNotFound || (response.StatusCode == 404 && version.Exists()))
            return null;
        if (!response.IsSuccess)
            throw vault.Failure(request, response);
        return response.Data.Get("data") is { ValueKind: JsonValueKind.Object } fields
            ? (fields, version.Time("created_time"))
            : throw vault.Failures.Unexpected(request, "the response has no record");
    }

    private sealed record Stored(LeaseRecord Record, DateTimeOffset? StoredAt);
}
