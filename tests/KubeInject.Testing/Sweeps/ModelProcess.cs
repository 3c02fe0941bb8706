using KubeInject.Credentials;
using KubeInject.Leases;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Testing.Sweeps;

/// <summary>Thrown by everything that a killed process calls.</summary>
internal sealed class ProcessKilledException : Exception;

/// <summary>A process with its own clock, which can be killed at any of its calls.</summary>
/// <param name="world">What it works on.</param>
/// <param name="time">Its clock.</param>
/// <param name="callsLeft">After how many calls it is killed; null for never.</param>
internal sealed class ModelProcess(SweepHistory world, TimeProvider time, int? callsLeft) : ILeaseStore, ICredentialIssuer
{
    private int? callsLeft = callsLeft;

    public TimeProvider Time => time;

    public bool IsKilled => callsLeft <= 0;

    public string Name => world.Backend.Name;

    public string? ServerName => world.Backend.ServerName;

    public string? Notice => null;

    /// <summary>One call. Others act before it.</summary>
    public void Call()
    {
        if (callsLeft is not null && --callsLeft <= 0)
            throw new ProcessKilledException();
    }

    public Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        Call();
        world.Store.Write(record, time);
        return Task.CompletedTask;
    }

    public Task RemoveAsync(Guid uuid, CancellationToken cancellationToken)
    {
        Call();
        world.Store.Records.Remove(uuid);
        return Task.CompletedTask;
    }

    public async Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        Call();
        await world.ActAsync();
        return world.Store.Records.GetValueOrDefault(uuid);
    }

    public Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken)
    {
        Call();
        return Task.FromResult(world.Store.List(time));
    }

    public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        Call();
        return world.Backend.PrepareAsync(lease, cancellationToken);
    }

    public async Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        Call();
        var credential = await world.Backend.IssueAsync(lease, cancellationToken);
        world.Issued(lease.Uuid);
        return credential;
    }

    public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        Call();
        world.Renewed(lease.Uuid);
        return world.Backend.RenewAsync(lease, cancellationToken);
    }

    public async Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        Call();
        world.Revoked(lease.Uuid);
        await world.Backend.RevokeAsync(lease, cancellationToken);
        await world.ActAsync();
    }
}

/// <summary>A clock that differs from the true one.</summary>
internal sealed class SkewedTime(FakeTimeProvider world, TimeSpan skew) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => world.GetUtcNow() + skew;

    public override long GetTimestamp() => world.GetTimestamp();

    public override long TimestampFrequency => world.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => world.CreateTimer(callback, state, dueTime, period);
}

/// <summary>Where records are kept.</summary>
/// <param name="kind">What kind of store it is.</param>
/// <param name="own">The cluster that the store is in or is meant for.</param>
/// <param name="keeper">The clock of the server that keeps the records.</param>
internal sealed class ModelStore(ModelStoreKind kind, ModelCluster own, TimeProvider keeper)
{
    private readonly Dictionary<Guid, DateTimeOffset> storedAt = [];

    public ModelStoreKind Kind => kind;

    public Dictionary<Guid, LeaseRecord> Records { get; } = [];

    /// <summary>The records that cannot be read.</summary>
    public HashSet<Guid> Unreadable { get; } = [];

    public void Write(LeaseRecord record, TimeProvider writer)
    {
        Records[record.Uuid] = record;
        storedAt.TryAdd(record.Uuid, Now(writer));
    }

    /// <summary>Whether a record without a cluster belongs to a cluster.</summary>
    public bool BelongsTo(ModelCluster cluster) => kind != ModelStoreKind.Folder && cluster == own;

    public TimeSpan AgeOf(Guid uuid, TimeProvider reader) => Now(reader) - storedAt[uuid];

    public LeaseRecordList List(TimeProvider reader) => new(Records.Values.Where(record => !Unreadable.Contains(record.Uuid)).OrderBy(record => record.Uuid).ToList())
    {
        Unreadable = [.. Unreadable.Where(Records.ContainsKey).Select(uuid => new UnreadableRecord($"{uuid}", "It is damaged.") { Uuid = uuid })],
        Scope = kind == ModelStoreKind.Folder ? LeaseStoreScope.AnyCluster : LeaseStoreScope.OneCluster,
        Cluster = kind == ModelStoreKind.Secrets ? new ClusterIdentity(own.Uid, new Uri($"http://{own.Name}.test")) : null,
        Now = Now(reader),
        StoredAt = storedAt,
        HasFirstTimes = kind != ModelStoreKind.Folder,
    };

    // The times of files are those of the machine that writes them.
    private DateTimeOffset Now(TimeProvider machine) => (kind == ModelStoreKind.Folder ? machine : keeper).GetUtcNow();
}

/// <summary>The kinds of stores.</summary>
internal enum ModelStoreKind
{
    Folder,
    Secrets,
    Vault,
}
