using System.Text.Json;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>
/// The process that is killed. It reads tasks, one per line, up to an empty line. It runs the tasks that stop at a step
/// all at once and the others sixteen at a time, and reports each step: <c>UUID STEP .</c>, with username and password when
/// it returns the credential. It ends when its standard input ends.
/// </summary>
internal sealed class CrashProcess
{
    private const int Concurrency = 16;

    private readonly CredentialSource source;
    private readonly CrashPoint place;
    private readonly Dictionary<Guid, CrashTask> tasks;

    private CrashProcess(CrashSource kind, CrashPoint place, KubeObjectClient client, IEnumerable<CrashTask> tasks)
    {
        this.place = place;
        this.tasks = tasks.ToDictionary(task => task.Uuid);
        var (issuer, leases) = kind.Open(place, client);
        source = new CredentialSource(new Issuer(issuer, AtAsync), new Store(leases, AtAsync), client);
    }

    public static async Task RunAsync(string source, string place)
    {
        var tasks = new List<CrashTask>();
        while (Console.ReadLine() is { Length: > 0 } line)
            tasks.Add(JsonSerializer.Deserialize<CrashTask>(line)!);
        var parent = new Thread(() =>
        {
            Console.ReadLine();
            Environment.Exit(1);
        })
        {
            IsBackground = true,
        };
        parent.Start();
        using var connection = await TestCluster.OpenAsync();
        var process = new CrashProcess(CrashSource.All.Single(one => one.Name == source), JsonSerializer.Deserialize<CrashPoint>(place)!, connection.Objects, tasks);
        var concurrency = tasks.Exists(task => task.StopAt is not null) ? tasks.Count : Concurrency;
        await Parallel.ForEachAsync(tasks, new ParallelOptions { MaxDegreeOfParallelism = concurrency }, async (task, _) => await process.RunAsync(task));
    }

    private async Task RunAsync(CrashTask task)
    {
        var request = new CredentialRequest(task.Uuid, "orders", place.Role, "databases", new ObjectReference("Pod", place.Namespace, "orders"), "default");
        try
        {
            var lease = await source.IssueAsync(request, CancellationToken.None);
            await AtAsync(task.Uuid, CrashStep.HandedOut, $" {lease.Credential.Username} {lease.Credential.Password.Reveal()}");
            var record = await source.RenewAsync(lease.Record, CancellationToken.None);
            if (!task.IsOwned)
                await source.RevokeAsync(record, CancellationToken.None);
        }
        catch (IOException) when (task.Fails)
        {
            // The credential was revoked.
        }
    }

    private Task AtAsync(Guid uuid, CrashStep step) => AtAsync(uuid, step, "");

    private async Task AtAsync(Guid uuid, CrashStep step, string more)
    {
        var task = tasks[uuid];
        await Console.Out.WriteLineAsync($"{uuid} {step}{more} .");
        if (task.StopAt == step)
            await Task.Delay(Timeout.Infinite);
        if (task.Fails && step == CrashStep.Completing)
            throw new IOException("No space left.");
    }

    private sealed class Issuer(ICredentialIssuer issuer, Func<Guid, CrashStep, Task> at) : ICredentialIssuer
    {
        public string Name => issuer.Name;

        public string? ServerName => issuer.ServerName;

        public string? Notice => issuer.Notice;

        public async Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken)
        {
            await at(lease.Uuid, CrashStep.Preparing);
            var prepared = await issuer.PrepareAsync(lease, cancellationToken);
            await at(lease.Uuid, CrashStep.Prepared);
            return prepared;
        }

        public async Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken)
        {
            await at(lease.Uuid, CrashStep.Issuing);
            var credential = await issuer.IssueAsync(lease, cancellationToken);
            await at(lease.Uuid, CrashStep.Issued);
            return credential;
        }

        public async Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken)
        {
            await at(lease.Uuid, CrashStep.Renewing);
            var end = await issuer.RenewAsync(lease, cancellationToken);
            await at(lease.Uuid, CrashStep.Renewed);
            return end;
        }

        public async Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken)
        {
            await at(lease.Uuid, CrashStep.Revoking);
            await issuer.RevokeAsync(lease, cancellationToken);
            await at(lease.Uuid, CrashStep.Revoked);
        }
    }

    private sealed class Store(ILeaseStore store, Func<Guid, CrashStep, Task> at) : ILeaseStore
    {
        public async Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken)
        {
            var (before, after) = record switch
            {
                { IsComplete: false } => (CrashStep.Recording, CrashStep.Recorded),
                { RenewedAt: null } => (CrashStep.Completing, CrashStep.Completed),
                _ => (CrashStep.Noting, CrashStep.Noted),
            };
            await at(record.Uuid, before);
            await store.WriteAsync(record, cancellationToken);
            await at(record.Uuid, after);
        }

        public async Task RemoveAsync(Guid uuid, CancellationToken cancellationToken)
        {
            await at(uuid, CrashStep.Forgetting);
            await store.RemoveAsync(uuid, cancellationToken);
            await at(uuid, CrashStep.Forgotten);
        }

        public Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken) => store.FindAsync(uuid, cancellationToken);

        public Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);
    }
}
