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

/// <summary>The clusters whose leases a store contains.</summary>
public enum LeaseStoreScope
{
    /// <summary>Leases of one cluster by convention, for example below a prefix in Vault.</summary>
    OneCluster,

    /// <summary>Leases of any number of clusters, for example in a folder.</summary>
    AnyCluster,
}

/// <summary>An entry of a lease store that cannot be read as a record. It is not changed, and its lease is never revoked.</summary>
/// <param name="Location">The file, the Secret, or the path in Vault.</param>
/// <param name="Reason">The reason, and how to inspect the entry, in one line that quotes no content.</param>
public sealed record UnreadableRecord(string Location, string Reason)
{
    /// <summary>The UUID in the name of the entry; null if the name contains none.</summary>
    public Guid? Uuid { get; init; }

    /// <summary>Describes the entry in one line.</summary>
    /// <returns>The location and the reason.</returns>
    public override string ToString() => $"{Location}: {Reason}";
}
