using KubeInject.Credentials;

namespace KubeInject.Leases;

/// <summary>Stores lease records persistently. Each call has its own time limit.</summary>
public interface ILeaseStore
{
    /// <summary>Whether a list needs a request for each page of records, and not for each record.</summary>
    internal bool ListsPages => false;

    /// <summary>Writes a record, and replaces an existing record of the same lease.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that completes when the record is stored.</returns>
    Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken);

    /// <summary>Removes the record of a lease. Does nothing if there is none.</summary>
    /// <param name="uuid">The UUID of the lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that completes when the record is removed.</returns>
    Task RemoveAsync(Guid uuid, CancellationToken cancellationToken);

    /// <summary>Reads one record.</summary>
    /// <param name="uuid">The UUID of the lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The record; null if there is none.</returns>
    /// <exception cref="InvalidDataException">The entry cannot be read as a record.</exception>
    Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken);

    /// <summary>Lists all records, sorted by UUID, and all entries that cannot be read as records. The list is never partial.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The records.</returns>
    Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lists all records like <see cref="ListAsync(CancellationToken)"/>. A store that needs a request for each record does not read
    /// a known record again: the list has the known one if the store still has an entry for its lease, without the time of its age.
    /// </summary>
    /// <param name="known">The records that the caller knows, and reads again before it uses them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The records.</returns>
    internal Task<LeaseRecordList> ListAsync(IReadOnlyDictionary<Guid, LeaseRecord> known, CancellationToken cancellationToken) => ListAsync(cancellationToken);
}
