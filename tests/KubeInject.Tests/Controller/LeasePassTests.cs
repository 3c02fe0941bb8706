using KubeInject.Controller;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;
using KubeInject.Testing.Sweeps;

namespace KubeInject.Tests.Controller;

/// <summary>A pass reads the records once. It searches for the owners of the leases that the controller did not issue.</summary>
public sealed class LeasePassTests
{
    private readonly ModelCluster cluster = new("north");
    private readonly MemoryLeaseStore store = new();
    private readonly PodLeases leases = new(TimeProvider.System);

    [Fact]
    public async Task The_sweep_of_a_pass_reads_no_record_again_and_no_owner_of_the_leases_of_pods()
    {
        var (ofPod, ofManifest) = (Record("gone"), Record(null));
        cluster.Objects.Add(new ModelObject(ModelShape.Pod, ofManifest, ModelRights.OwnNamespace, "orders"));

        await RunAsync();

        Assert.Equal(1, store.Lists);
        Assert.Equal(["metadata of pods", "kube-system", "metadata of pods"], cluster.Requests);
        Assert.Contains(ofPod, store.Records.Keys);
        Assert.NotNull(store.Records[ofManifest].RenewedAt);
        Assert.Null(store.Records[ofPod].RenewedAt);
    }

    [Fact]
    public async Task A_lease_of_a_manifest_without_an_owner_is_revoked()
    {
        var (ofPod, ofManifest) = (Record("gone"), Record(null));

        await RunAsync();

        Assert.Equal(1, store.Lists);
        Assert.Equal([ofPod], store.Records.Keys);
        Assert.NotEqual(ofPod, ofManifest);
    }

    [Fact]
    public async Task A_pass_reads_only_records_of_leases_that_are_not_tracked()
    {
        List<Guid> ofPods = [RecordOfPod(), RecordOfPod()];
        await RunAsync();
        Assert.Equal(2, store.Reads);
        ofPods.Add(RecordOfPod());
        Record(null);

        await RunAsync();
        Assert.Equal(4, store.Reads);
        Assert.Equal(ofPods.Order(), leases.All.Select(record => record.Uuid).Order());
    }

    [Fact]
    public async Task A_lease_whose_record_was_removed_is_no_longer_tracked()
    {
        var (removed, kept, unreadable) = (RecordOfPod(), RecordOfPod(), RecordOfPod());
        await RunAsync();
        store.Records.TryRemove(removed, out _);
        store.Records.TryRemove(unreadable, out _);
        store.Unreadable.Add(new UnreadableRecord("somewhere", "It is empty.") { Uuid = unreadable });

        await RunAsync();

        Assert.Equal(new[] { kept, unreadable }.Order(), leases.All.Select(record => record.Uuid).Order());
    }

    [Fact]
    public async Task A_lease_that_is_issued_again_while_a_pass_reads_the_records_is_tracked()
    {
        var uuid = RecordOfPod();
        await RunAsync();
        store.Records.TryRemove(uuid, out var first);
        store.OnList = () => leases.Track(PodKey.Of(first!, cluster.Uid)!, first! with { RecordedAt = DateTimeOffset.UtcNow });

        await RunAsync();

        Assert.NotSame(first, Assert.Single(leases.All));
    }

    [Fact]
    public void A_lease_that_is_no_longer_tracked_does_not_end_its_pod()
    {
        var record = store.Records[RecordOfPod()] with { ExpiresAt = DateTimeOffset.UtcNow.AddHours(1) };
        var pod = PodKey.Of(record, cluster.Uid)!;
        leases.Track(pod, record);
        leases.EndRenewal(pod, record.Uuid);
        Assert.NotNull(leases.UntilEnd(pod));

        leases.Untrack(new Dictionary<Guid, LeaseRecord> { [record.Uuid] = record });

        Assert.Null(leases.UntilEnd(pod));
        Assert.Equal([record.Uuid], leases.NamedBy(pod));

        // A renewal that ran at the same time fails because the lease has ended.
        leases.EndRenewal(pod, record.Uuid);
        Assert.Null(leases.UntilEnd(pod));
    }

    private async Task RunAsync()
    {
        using var channel = cluster.Connect(new ModelRights(), () => { });
        var client = new KubeObjectClient(channel, ModelRights.OwnNamespace);
        var source = new CredentialSource(new RecordingIssuer(), store, client);
        using var metrics = new ControllerMetrics(source.Name, TimeProvider.System);
        using var queue = new WorkQueue<PodKey>(TimeProvider.System, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        await new LeasePass(client, source, new ControllerOptions(), cluster.Uid, leases, queue, metrics, new Progress<ServerMessage>()).RunAsync(CancellationToken.None);
    }

    /// <summary>A record that is an hour old, and its pod.</summary>
    private Guid RecordOfPod()
    {
        var uuid = Record("orders");
        var pod = new ModelObject(ModelShape.Pod, uuid, ModelRights.OwnNamespace, "orders");
        cluster.Objects.Add(pod);
        store.Records[uuid] = store.Records[uuid] with { OwnerUid = pod.Uid };
        return uuid;
    }

    /// <summary>A record that is an hour old.</summary>
    /// <param name="pod">The pod that the controller issued the lease for; null for the lease of a manifest.</param>
    private Guid Record(string? pod)
    {
        var uuid = Guid.NewGuid();
        store.Records[uuid] = new LeaseRecord
        {
            Uuid = uuid,
            Source = "test",
            IsComplete = true,
            IsRenewable = true,
            ClusterUid = cluster.Uid,
            Owner = new ObjectReference(pod is null ? "Deployment" : "Pod", ModelRights.OwnNamespace, pod ?? "orders"),
            OwnerUid = pod is null ? null : $"{uuid}",
            Secret = pod is null ? null : new ObjectReference("Secret", ModelRights.OwnNamespace, "kubeinject-1"),
            ServiceAccountName = "default",
            RecordedAt = DateTimeOffset.UtcNow.AddHours(-1),
        };
        return uuid;
    }
}
