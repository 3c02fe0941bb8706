using KubeInject.Controller;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Tests.Controller;

/// <summary>A Lease in memory that several processes share.</summary>
internal sealed class MemoryLease
{
    public LeaderRecord? Record { get; private set; }

    public bool TryReplace(LeaderRecord record)
    {
        if (record.Version != Record?.Version)
            return false;
        Record = record with { Version = Guid.NewGuid().ToString() };
        return true;
    }
}

/// <summary>The access of one process to the Lease.</summary>
internal sealed class MemoryLeaderLock(MemoryLease lease) : ILeaderLock
{
    /// <summary>Whether the process cannot reach the server.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>Whether requests do not end.</summary>
    public bool Hangs { get; set; }

    public async Task<LeaderRecord?> FindAsync(CancellationToken cancellationToken)
    {
        await ReachAsync(cancellationToken);
        return lease.Record;
    }

    public async Task<LeaderRecord?> TryWriteAsync(LeaderRecord record, CancellationToken cancellationToken)
    {
        await ReachAsync(cancellationToken);
        return lease.TryReplace(record) ? lease.Record : null;
    }

    private async Task ReachAsync(CancellationToken cancellationToken)
    {
        if (Hangs)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (IsCutOff)
            throw new KubeConnectionException(KubeConnectionFailure.Unreachable, "The server cannot be reached.");
    }
}
