using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>Shared parts of the sweep tests: a namespace, records in memory, and a recording issuer.</summary>
public abstract class SweepTest : IAsyncLifetime
{
    internal SweepIssuer Issuer { get; set; } = new();

    internal MemoryLeaseStore Leases { get; } = new();

    internal string Namespace { get; private set; } = "";

    internal KubeConnection Connection { get; private set; } = null!;

    internal LeaseOptions Options => new() { Namespace = Namespace };

    public async Task InitializeAsync()
    {
        Namespace = await TestCluster.CreateNamespaceAsync();
        Connection = await TestCluster.OpenAsync(@namespace: Namespace);
    }

    public Task DisposeAsync()
    {
        Connection.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>A record that is complete and older than the grace period by default.</summary>
    internal LeaseRecord Record(bool isComplete = true, bool isYoung = false, DateTimeOffset? expiresAt = null)
    {
        var now = DateTimeOffset.UtcNow;
        var record = new LeaseRecord
        {
            Uuid = Guid.NewGuid(),
            Source = "test",
            IsComplete = isComplete,
            Role = "orders",
            Owner = new ObjectReference("Pod", Namespace, "orders"),
            ServiceAccountName = "default",
            RecordedAt = isYoung ? now : now.AddHours(-2),
            Username = "user",
            ExpiresAt = expiresAt ?? now.AddHours(4),
            IsRenewable = true,
        };
        Leases.Records[record.Uuid] = record;
        return record;
    }

    /// <summary>A record without an owner.</summary>
    internal LeaseRecord Orphan() => Record();

    internal Task PodAsync(params LeaseRecord[] records) => PodAsync(records.Select(record => record.Uuid));

    internal Task PodAsync(IEnumerable<Guid> uuids) =>
        TestCluster.CreatePodAsync(Namespace, $"pod-{Guid.NewGuid():n}", metadata: $$""","annotations":{"{{InjectionAnnotation.Uuid}}":"{{string.Join(',', uuids)}}"}""");

    internal LeaseSweep Sweep(KubeObjectClient? client = null, ICredentialIssuer? issuer = null, ILeaseStore? leases = null, LeaseOptions? options = null) =>
        new(new CredentialSource(issuer ?? Issuer, leases ?? Leases, Connection.Objects), client ?? Connection.Objects, options ?? Options);

    internal static async Task<LeaseSweepSummary> RunAsync(LeaseSweep sweep) => await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), null, CancellationToken.None);
}
