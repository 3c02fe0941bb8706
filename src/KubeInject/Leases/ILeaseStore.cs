namespace KubeInject.Leases;

/// <summary>Keeps lease records where they outlive the process. Each call ends within a limit of its own.</summary>
public interface ILeaseStore
{
    /// <summary>Writes a record, over an earlier one of the same lease. It is safe once the task has ended.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the record is kept.</returns>
    Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken);

    /// <summary>Forgets a lease. Without effect where there is no record of it.</summary>
    /// <param name="uuid">The lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the record is gone.</returns>
    Task RemoveAsync(Guid uuid, CancellationToken cancellationToken);

    /// <summary>One record.</summary>
    /// <param name="uuid">The lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The record; null where there is none.</returns>
    /// <exception cref="InvalidDataException">There is an entry that cannot be read.</exception>
    Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken);

    /// <summary>All records, in the order of their UUIDs, and the entries that cannot be read as records; never a part of them.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The records.</returns>
    Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken);
}
