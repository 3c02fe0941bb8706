using KubeInject.Credentials;
using KubeInject.Leases;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Testing.Sweeps;

/// <summary>Thrown by every call of a killed process.</summary>
internal sealed class ProcessKilledException : Exception;

/// <summary>A process with a separate clock that can be killed at any of its calls.</summary>
/// <param name="simulation">The simulation.</param>
/// <param name="time">Its clock.</param>
/// <param name="callsLeft">After how many calls it is killed; null for never.</param>
internal sealed class ModelProcess(SweepHistory simulation, TimeProvider time, int? callsLeft) : ILeaseStore, ICredentialIssuer
{
    private int? callsLeft = callsLeft;

    public TimeProvider Time => time;

    public bool IsKilled => callsLeft <= 0;

    public bool ListsPages => simulation.Store.Kind == ModelStoreKind.Secrets;

    public string Name => simulation.Backend.Name;

    public string? ServerName => simulation.Backend.ServerName;

    public string? Notice => null;

    /// <summary>Counts one call. Other processes run before it.</summary>
    public void Call()
    {
        if (callsLeft is not null && --callsLeft <= 0)
            throw new ProcessKilledException();
    }

    public Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
    {
        Call();
        simulation.Store.Write(record, time);
        return Task.CompletedTask;
    }

    public Task RemoveAsync(Guid uuid, CancellationToken cancellationToken)
    {
        Call();
        simulation.Store.Records.Remove(uuid);
        return Task.CompletedTask;
    }

    public async Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        Call();
        await simulation.ActAsync();
        return simulation.Store.Records.GetValueOrDefault(uuid);
    }

    public Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken)
    {
        Call();
        return Task.FromResult(simulation.Store.List(time));
    }

    public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        Call();
        return simulation.Backend.PrepareAsync(lease, cancellationToken);
    }

    public async Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        Call();
        var credential = await simulation.Backend.IssueAsync(lease, cancellationToken);
        simulation.Issued(lease.Uuid);
        return credential;
    }

    public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        Call();
        simulation.Renewed(lease.Uuid);
        return simulation.Backend.RenewAsync(lease, cancellationToken);
    }

    public async Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        Call();
        simulation.Revoked(lease.Uuid);
        await simulation.Backend.RevokeAsync(lease, cancellationToken);
        await simulation.ActAsync();
    }
}

/// <summary>A clock with an offset.</summary>
internal sealed class SkewedTime(FakeTimeProvider simulation, TimeSpan skew) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => simulation.GetUtcNow() + skew;

    public override long GetTimestamp() => simulation.GetTimestamp();

    public override long TimestampFrequency => simulation.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => simulation.CreateTimer(callback, state, dueTime, period);
}

/// <summary>A store of records.</summary>
/// <param name="kind">The kind of store.</param>
/// <param name="own">The cluster of the store.</param>
/// <param name="keeper">The clock of the server of the store.</param>
internal sealed class ModelStore(ModelStoreKind kind, ModelCluster own, TimeProvider keeper)
{
    private readonly Dictionary<Guid, DateTimeOffset> storedAt = [];

    public ModelStoreKind Kind => kind;

    public Dictionary<Guid, LeaseRecord> Records { get; } = [];

    /// <summary>The unreadable records.</summary>
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

    // File times come from the clock of the machine that writes the file.
    private DateTimeOffset Now(TimeProvider machine) => (kind == ModelStoreKind.Folder ? machine : keeper).GetUtcNow();
}

/// <summary>The kinds of stores.</summary>
internal enum ModelStoreKind
{
    Folder,
    Secrets,
    Vault,
}
