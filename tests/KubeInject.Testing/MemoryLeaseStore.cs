using System.Collections.Concurrent;
using KubeInject.Leases;

namespace KubeInject.Testing;

/// <summary>Keeps lease records for the length of a test.</summary>
public sealed class MemoryLeaseStore : ILeaseStore
{
    public ConcurrentDictionary<Guid, LeaseRecord> Records { get; } = new();

    public Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Records[record.Uuid] = record;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(Guid uuid, CancellationToken cancellationToken)
    {
        Records.TryRemove(uuid, out _);
        return Task.CompletedTask;
    }

    public Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken) => Task.FromResult(Records.GetValueOrDefault(uuid));

    public Task<IReadOnlyList<LeaseRecord>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LeaseRecord>>([.. Records.Values.OrderBy(record => record.Uuid)]);
}
