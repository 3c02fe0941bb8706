using KubeInject.Credentials;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>A store of a controller that can be killed before and after each write.</summary>
internal sealed class KilledStore(ILeaseStore store, KillSwitch kill) : ILeaseStore
{
    public Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken) => RunAsync(() => store.WriteAsync(record, cancellationToken));

    public Task RemoveAsync(Guid uuid, CancellationToken cancellationToken) => RunAsync(() => store.RemoveAsync(uuid, cancellationToken));

    public async Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        kill.Step();
        return await store.FindAsync(uuid, cancellationToken);
    }

    public async Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken)
    {
        kill.Step();
        return await store.ListAsync(cancellationToken);
    }

    private async Task RunAsync(Func<Task> write)
    {
        kill.Step();
        await write();
        kill.Step();
    }
}
