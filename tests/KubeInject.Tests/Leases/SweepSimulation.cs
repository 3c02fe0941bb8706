using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests.Leases;

/// <summary>A store, an issuer and a cluster in memory, for sweeps with a separate clock.</summary>
internal sealed class SweepSimulation : IOwnerReader
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public SweepSimulation()
    {
        Store = new MemoryLeaseStore { Time = Time };
        Source = new CredentialSource(Issuer, Store, null, Time);
    }

    public FakeTimeProvider Time { get; } = new(Start);

    public MemoryLeaseStore Store { get; }

    public LoggingIssuer Issuer { get; } = new();

    public CredentialSource Source { get; }

    public LeaseOptions Options { get; set; } = new();

    public ClusterIdentity Cluster { get; set; } = new("this-cluster", null);

    /// <summary>The live owners by lease.</summary>
    public Dictionary<Guid, ObjectReference> Living { get; } = [];

    public List<OwnerGap> Gaps { get; } = [];

    public int Readings { get; private set; }

    public TimeSpan ReadingTakes { get; set; }

    /// <summary>When the last reading began.</summary>
    public DateTimeOffset ReadAt { get; private set; }

    public Task<OwnerView> ReadOneKindAsync(IReadOnlySet<Guid> leases, CancellationToken cancellationToken) => ReadAsync(leases, cancellationToken);

    public Task<OwnerView> ReadAsync(IReadOnlySet<Guid> leases, CancellationToken cancellationToken)
    {
        Dictionary<Guid, IReadOnlyList<ObjectReference>> owners;
        lock (Issuer.Gate)
        {
            Readings++;
            ReadAt = Time.GetUtcNow();
            owners = Living.Where(pair => leases.Contains(pair.Key)).ToDictionary(pair => pair.Key, pair => (IReadOnlyList<ObjectReference>)[pair.Value]);
        }

        Time.Advance(ReadingTakes);
        return Task.FromResult(new OwnerView { Owners = owners, Cluster = Cluster, Gaps = [.. Gaps] });
    }

    /// <summary>A record that is an hour old by all clocks, unless the test specifies another age.</summary>
    public LeaseRecord Record(Func<LeaseRecord, LeaseRecord>? change = null)
    {
        var record = new LeaseRecord
        {
            Uuid = Guid.NewGuid(),
            Source = Issuer.Name,
            ClusterUid = "this-cluster",
            IsComplete = true,
            IsRenewable = true,
            Role = "orders",
            Owner = new ObjectReference("Pod", "shop", "orders"),
            ServiceAccountName = "default",
            RecordedAt = Time.GetUtcNow().AddHours(-1),
        };
        record = change?.Invoke(record) ?? record;
        Store.Records[record.Uuid] = record;
        return record;
    }

    public void Live(LeaseRecord record) => Living[record.Uuid] = record.Owner;

    public LeaseSweep Sweep() => new(Source, this, Options);

    public async Task<LeaseSweepSummary> RunAsync()
    {
        var sweep = Sweep();
        return await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), null, CancellationToken.None);
    }

    /// <summary>Records the renewed and revoked leases.</summary>
    internal sealed class LoggingIssuer : ICredentialIssuer
    {
        public object Gate { get; } = new();

        public List<Guid> Renewed { get; } = [];

        public List<Guid> Revoked { get; } = [];

        public Action<Guid>? OnRevoke { get; set; }

        public string Name => "test";

        public string? Notice => null;

        public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
            Task.FromResult(lease);

        public Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
            Task.FromResult(new Credential("user", new SensitiveString("password"), IsRenewable: true));

        public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken)
        {
            lock (Renewed)
                Renewed.Add(lease.Uuid);
            return Task.FromResult<DateTimeOffset?>(null);
        }

        public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken)
        {
            // One call at a time, and not while the owners are read.
            lock (Gate)
            {
                Revoked.Add(lease.Uuid);
                OnRevoke?.Invoke(lease.Uuid);
            }

            return Task.CompletedTask;
        }
    }
}
