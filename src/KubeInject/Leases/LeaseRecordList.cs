using System.Collections;

namespace KubeInject.Leases;

/// <summary>All that a store holds at a moment: the records, in the order of their UUIDs, and the entries that cannot be read.</summary>
/// <param name="records">The records.</param>
public sealed class LeaseRecordList(IReadOnlyList<LeaseRecord> records) : IReadOnlyList<LeaseRecord>
{
    /// <summary>The entries that should be records and cannot be read.</summary>
    public IReadOnlyList<UnreadableRecord> Unreadable { get; init; } = [];

    /// <summary>
    /// What is left of leases whose record another injector has removed after it revoked them: the Secret that the
    /// credential was delivered in, and what the store notes of it. They are not among the records.
    /// </summary>
    public IReadOnlyList<LeaseRecord> RevokedByOthers { get; init; } = [];

    /// <summary>Whose leases the store records. Default: those of one cluster.</summary>
    public LeaseStoreScope Scope { get; init; } = LeaseStoreScope.OneCluster;

    /// <summary>The cluster that the store is in; null for a store outside of clusters (default).</summary>
    public ClusterIdentity? Cluster { get; init; }

    /// <summary>The time by the clock of the server or file system that keeps the records; null if that is not known (default).</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>When each record was stored, by the same clock: for the first time, or for the last time if the store knows no better.</summary>
    public IReadOnlyDictionary<Guid, DateTimeOffset> StoredAt { get; init; } = new Dictionary<Guid, DateTimeOffset>();

    /// <summary>Whether <see cref="StoredAt"/> has the first time that each record was stored. Default: false, the last time.</summary>
    public bool HasFirstTimes { get; init; }

    /// <inheritdoc/>
    public int Count => records.Count;

    /// <inheritdoc/>
    public LeaseRecord this[int index] => records[index];

    /// <inheritdoc/>
    public IEnumerator<LeaseRecord> GetEnumerator() => records.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>How long a record has been stored, by the clock of the server or file system that keeps it; null if that is not known.</summary>
    /// <param name="record">The record.</param>
    internal TimeSpan? AgeOf(LeaseRecord record) => StoredAt.TryGetValue(record.Uuid, out var stored) ? Now - stored : null;
}
