using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Http;

namespace KubeInject.Leases;

/// <summary>
/// Keeps lease records in Vault (KV version 2), in the layout of the injector that runs in clusters, so that each manages
/// the other's leases. Tokens are kept here: the mount is for no one else.
/// </summary>
/// <remarks>
/// What is not named by a lower-case UUID is no lease record, and left alone; so is a record whose last version was
/// deleted. (https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2) That injector writes its own six fields over a
/// record and drops all others, so what else we know of a lease is also in an entry of its own, below <c>kubeinject</c>.
/// </remarks>
public sealed class VaultLeaseStore : ILeaseStore
{
    /// <summary>The mount where nothing else is said: <c>vault-db-injector</c>.</summary>
    public const string DefaultMount = "vault-db-injector";

    /// <summary>The prefix where nothing else is said: <c>kubernetes</c>.</summary>
    public const string DefaultPrefix = "kubernetes";

    private const string EntryFolder = "kubeinject";

    private readonly VaultClient vault;
    private readonly string data;
    private readonly string metadata;
    private readonly string entryData;
    private readonly string entryMetadata;

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
        var (kv, below) = (VaultRequest.Escape(mount), VaultRequest.Escape(prefix));
        data = $"{kv}/data/{below}";
        metadata = $"{kv}/metadata/{below}";
        entryData = $"{kv}/data/{EntryFolder}/{below}";
        entryMetadata = $"{kv}/metadata/{EntryFolder}/{below}";
    }

    /// <inheritdoc/>
    public async Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);

        // The entry first, so that a record of ours always has one. A policy that was written for another injector does not
        // grant it; the record alone is what that injector needs, and what we need unless it writes over it.
        var entry = Post($"{entryData}/{record.Uuid}", VaultLeaseFields.WriteEntry(record));
        var noted = await vault.SendAsync(entry, cancellationToken).ConfigureAwait(false);
        if (!noted.IsSuccess && noted.StatusCode != 403)
            throw vault.Failure(entry, noted);

        var request = Post($"{data}/{record.Uuid}", VaultLeaseFields.Write(record), record.Token is null ? [] : [record.Token]);
        var response = await vault.SendAndEnsureSuccessAsync(request, cancellationToken).ConfigureAwait(false);

        // Version 1 takes anything anywhere, and no one would find it again.
        if (response.Data.Int("version") == 0)
            throw vault.Failures.Unexpected(request, "the mount keeps no versions; it must be a KV engine of version 2");
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(Guid uuid, CancellationToken cancellationToken)
    {
        var request = new VaultRequest(HttpMethod.Delete, $"{metadata}/{uuid}");
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccess && !response.IsNothing)
            throw vault.Failure(request, response);

        // A policy that does not allow to delete an entry does not allow to write one either, so there is none.
        var entry = new VaultRequest(HttpMethod.Delete, $"{entryMetadata}/{uuid}");
        var answer = await vault.SendAsync(entry, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess && !answer.IsNothing && answer.StatusCode != 403)
            throw vault.Failure(entry, answer);
    }

    /// <inheritdoc/>
    public async Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken) =>
        (await ReadRecordAsync(uuid, mayHaveEntry: true, cancellationToken).ConfigureAwait(false))?.Record;

    /// <inheritdoc/>
    public async Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken)
    {
        // The records first: the entry of one that is removed meanwhile is not taken for one that was left behind. One that is
        // written meanwhile is, and is young.
        var uuids = await KeysAsync(VaultRequest.List(metadata), cancellationToken).ConfigureAwait(false);
        var unreadable = new ConcurrentBag<UnreadableRecord>();
        var entries = await ListEntriesAsync(unreadable, cancellationToken).ConfigureAwait(false);
        var records = new ConcurrentBag<Stored>();
        await ReadAllAsync(uuids, data, unreadable, async (uuid, token) =>
        {
            // One that is gone by now was revoked meanwhile.
            if (await ReadRecordAsync(uuid, entries.Contains(uuid), token).ConfigureAwait(false) is { } stored)
                records.Add(stored);
        }, cancellationToken).ConfigureAwait(false);

        var left = new ConcurrentBag<Stored>();
        await ReadAllAsync(entries.Except(uuids), entryData, unreadable, async (uuid, token) =>
        {
            if (await ReadAsync($"{entryData}/{uuid}", token).ConfigureAwait(false) is var (fields, storedAt))
                left.Add(new Stored(VaultLeaseFields.Read(uuid, fields, storedAt), storedAt));
        }, cancellationToken).ConfigureAwait(false);

        return new LeaseRecordList([.. records.Select(stored => stored.Record).OrderBy(record => record.Uuid)])
        {
            Unreadable = [.. unreadable.OrderBy(record => record.Location, StringComparer.Ordinal)],
            RevokedByOthers = [.. left.Select(stored => stored.Record).OrderBy(record => record.Uuid)],
            Now = vault.ServerClock.Now ?? vault.Clock.GetUtcNow(),
            StoredAt = records.Concat(left).Where(stored => stored.StoredAt is not null).ToDictionary(stored => stored.Record.Uuid, stored => stored.StoredAt!.Value),
        };
    }

    private static VaultRequest Post(string path, IReadOnlyDictionary<string, string> fields, params SensitiveString[] secrets)
    {
        var data = new JsonObject(fields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Key, field.Value)));
        return VaultRequest.Post(path, new JsonObject { ["data"] = data }, secrets) with { Grant = "create and update" };
    }

    /// <summary>The leases that have an entry of ours.</summary>
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
        if (response.IsNothing)
            return [];
        if (!response.IsSuccess)
            throw vault.Failure(request, response);
        if (response.Data.Get("keys") is not { ValueKind: JsonValueKind.Array } keys)
            throw vault.Failures.Unexpected(request, "the response has no keys");
        return keys.Items().Select(key => key.Text()).OfType<string>()
            .Select(key => Guid.TryParseExact(key, "D", out var uuid) && uuid.ToString() == key ? uuid : (Guid?)null).OfType<Guid>().ToHashSet();
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
                // What is wrong with one record is no reason to leave the others alone.
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

    /// <returns>The fields at a path, and when they were written; null if there are none.</returns>
    private async Task<(JsonElement Fields, DateTimeOffset? StoredAt)?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var request = VaultRequest.Get(path);
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var version = response.Data.Get("metadata");
        if (response.IsNothing || (response.StatusCode == 404 && version.Exists()))
            return null;
        if (!response.IsSuccess)
            throw vault.Failure(request, response);
        return response.Data.Get("data") is { ValueKind: JsonValueKind.Object } fields
            ? (fields, version.Time("created_time"))
            : throw vault.Failures.Unexpected(request, "the response has no record");
    }

    private sealed record Stored(LeaseRecord Record, DateTimeOffset? StoredAt);
}
