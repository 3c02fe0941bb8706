using System.Collections;
using KubeInject.Credentials;

namespace KubeInject.Leases;

/// <summary>A snapshot of a lease store: the records, sorted by UUID, and the entries that cannot be read as records.</summary>
/// <param name="records">The records.</param>
public sealed class LeaseRecordList(IReadOnlyList<LeaseRecord> records) : IReadOnlyList<LeaseRecord>
{
    /// <summary>The entries that cannot be read as records.</summary>
    public IReadOnlyList<UnreadableRecord> Unreadable { get; init; } = [];

    /// <summary>
    /// The remaining data of leases that another injector has revoked, and whose records it has removed: the Secret that
    /// delivered the credential, and the additional data in the store. The list does not contain these leases.
    /// </summary>
    public IReadOnlyList<LeaseRecord> RevokedByOthers { get; init; } = [];

    /// <summary>Whether the store contains leases of one cluster or of several. Default: one cluster.</summary>
    public LeaseStoreScope Scope { get; init; } = LeaseStoreScope.OneCluster;

    /// <summary>The cluster that contains the store. Default: null, the store is outside of clusters.</summary>
    public ClusterIdentity? Cluster { get; init; }

    /// <summary>The current time by the clock of the store (the server or file system). Default: null, unknown.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>When each record was stored by the same clock: first stored if <see cref="HasFirstTimes"/>, otherwise last stored.</summary>
    public IReadOnlyDictionary<Guid, DateTimeOffset> StoredAt { get; init; } = new Dictionary<Guid, DateTimeOffset>();

    /// <summary>Whether <see cref="StoredAt"/> contains the time of the first write. Default: false, the time of the last write.</summary>
    public bool HasFirstTimes { get; init; }

    /// <inheritdoc/>
    public int Count => records.Count;

    /// <inheritdoc/>
    public LeaseRecord this[int index] => records[index];

    /// <inheritdoc/>
    public IEnumerator<LeaseRecord> GetEnumerator() => records.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns how long a record has been stored by the clock of the store; null if that is unknown.</summary>
    /// <param name="record">The record.</param>
    internal TimeSpan? AgeOf(LeaseRecord record) => StoredAt.TryGetValue(record.Uuid, out var stored) ? Now - stored : null;
}
