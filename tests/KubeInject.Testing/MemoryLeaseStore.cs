using System.Collections.Concurrent;
using KubeInject.Credentials;
using KubeInject.Leases;

namespace KubeInject.Testing;

/// <summary>Keeps lease records in memory. The age of a record is the recorded one, unless the test sets another.</summary>
public sealed class MemoryLeaseStore : ILeaseStore
{
    private int finds;
    private int lists;
    private int reads;

    public ConcurrentDictionary<Guid, LeaseRecord> Records { get; } = new();

    /// <summary>Leftovers of leases that another injector has revoked.</summary>
    public ConcurrentDictionary<Guid, LeaseRecord> RevokedByOthers { get; } = new();

    /// <summary>Entries that cannot be read.</summary>
    public List<UnreadableRecord> Unreadable { get; } = [];

    /// <summary>The clock of the test.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>How far the clock of the store is ahead of that clock.</summary>
    public TimeSpan Offset { get; set; }

    /// <summary>When a record was stored, by the clock of the store.</summary>
    public Func<LeaseRecord, DateTimeOffset?> StoredAt { get; set; } = record => record.RecordedAt;

    /// <summary>Is called before a list.</summary>
    public Action OnList { get; set; } = () => { };

    /// <summary>Whether a list needs a request for each page of records, and not for each record.</summary>
    public bool ListsPages { get; set; }

    public LeaseStoreScope Scope { get; set; } = LeaseStoreScope.OneCluster;

    /// <summary>The cluster of the store; null for none.</summary>
    public ClusterIdentity? Cluster { get; set; }

    /// <summary>How often a single record was read.</summary>
    public int Finds => finds;

    /// <summary>How often all records were read.</summary>
    public int Lists => lists;

    /// <summary>How many records lists have read.</summary>
    public int Reads => reads;

    public Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Records[record.Uuid] = record;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(Guid uuid, CancellationToken cancellationToken)
    {
        Records.TryRemove(uuid, out _);
        RevokedByOthers.TryRemove(uuid, out _);
        return Task.CompletedTask;
    }

    public Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref finds);
        return Task.FromResult(Records.GetValueOrDefault(uuid));
    }

    /// <summary>Reads only records that the caller does not know, like a store that needs a request for each record.</summary>
    Task<LeaseRecordList> ILeaseStore.ListAsync(IReadOnlyDictionary<Guid, LeaseRecord> known, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref reads, -Records.Keys.Count(known.ContainsKey));
        return ListAsync(record => known.GetValueOrDefault(record.Uuid, record));
    }

    public Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken) => ListAsync(record => record);

    private Task<LeaseRecordList> ListAsync(Func<LeaseRecord, LeaseRecord> read)
    {
        OnList();
        Interlocked.Increment(ref lists);
        Interlocked.Add(ref reads, Records.Count);
        var records = Records.Values.Select(read).OrderBy(record => record.Uuid).ToList();
        return Task.FromResult(new LeaseRecordList(records)
        {
            Unreadable = [.. Unreadable],
            RevokedByOthers = [.. RevokedByOthers.Values],
            Scope = Scope,
            Cluster = Cluster,
            Now = Time.GetUtcNow() + Offset,
            HasFirstTimes = true,
            StoredAt = records.Concat(RevokedByOthers.Values).Where(record => StoredAt(record) is not null).ToDictionary(record => record.Uuid, record => StoredAt(record)!.Value),
        });
    }
}
