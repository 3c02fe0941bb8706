using KubeInject.Credentials;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;
using KubeInject.Testing.Sweeps;

namespace KubeInject.Tests.Leases;

/// <summary>The requests of a search for owners: it reads no more than is needed to find them, but everything before a revocation.</summary>
public sealed class OwnerRequestTests : IDisposable
{
    private static readonly string[] Workloads =
        ["cronjobs", "deployments", "statefulsets", "daemonsets", "replicationcontrollers", "jobs", "podtemplates", "controllerrevisions", "replicasets"];

    private static readonly string[] CustomResources = ["apis", "v1alpha1", "rollouts"];

    private readonly ModelCluster cluster = new("north");
    private readonly MemoryLeaseStore store = new();
    private readonly ApiChannel channel;
    private readonly LeaseSweep sweep;
    private readonly HashSet<string> lost = [];
    private Action onRequest = () => { };

    public OwnerRequestTests()
    {
        channel = cluster.Connect(new ModelRights { Lost = lost }, () => onRequest());
        var client = new KubeObjectClient(channel, ModelRights.OwnNamespace);
        sweep = new LeaseSweep(new CredentialSource(new RecordingIssuer(), store, client), client);
    }

    public void Dispose() => channel.Dispose();

    [Fact]
    public async Task If_pods_have_all_leases_only_their_metadata_is_read()
    {
        Add(ModelShape.Pod);
        Add(ModelShape.PodOfTheSameUid);

        var plan = await sweep.PlanAsync(CancellationToken.None);

        Assert.Equal(["kube-system", "metadata of pods"], cluster.Requests);
        Assert.All(plan, planned => Assert.Equal((LeaseAction.Renew, "Pod"), (planned.Action, planned.Lease.Owner.Kind)));
    }

    [Fact]
    public async Task Templates_are_read_until_each_lease_has_an_owner()
    {
        Add(ModelShape.Pod);
        Add(ModelShape.CronJob);
        Add(ModelShape.Deployment);

        var plan = await sweep.PlanAsync(CancellationToken.None);

        Assert.Equal(["kube-system", "metadata of pods", "cronjobs", "deployments"], cluster.Requests);
        Assert.Equal(["CronJob", "Deployment", "Pod"], plan.Select(planned => planned.Lease.Owner.Kind).Order());
    }

    [Fact]
    public async Task While_a_lease_has_no_owner_the_pods_are_read_again_after_all_objects_that_create_pods()
    {
        var (shared, gone) = (Add(ModelShape.Pod), Record());
        cluster.Objects.Add(new ModelObject(ModelShape.Pod, shared, ModelRights.OwnNamespace, "second"));

        var plan = await sweep.PlanAsync(CancellationToken.None);

        Assert.Equal(["kube-system", "metadata of pods", .. Workloads, "metadata of pods", .. CustomResources], cluster.Requests);
        Assert.Equal(["o", "second"], plan.Single(planned => planned.Lease.Uuid == shared).Lease.Pods);
        Assert.Equal(LeaseAction.Revoke, plan.Single(planned => planned.Lease.Uuid == gone).Action);
    }

    [Fact]
    public async Task A_pod_whose_workload_is_replaced_by_it_during_the_search_owns_its_lease()
    {
        var uuid = Add(ModelShape.Deployment);
        onRequest = () =>
        {
            if (cluster.Requests[^1] != "cronjobs")
                return;
            cluster.Objects.Clear();
            cluster.Objects.Add(new ModelObject(ModelShape.Pod, uuid, ModelRights.OwnNamespace, "o-1"));
        };

        var planned = Assert.Single(await sweep.PlanAsync(CancellationToken.None));

        Assert.Equal((LeaseAction.Renew, "shop/pod/o-1"), (planned.Action, $"{planned.Lease.Owner}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_last_list_of_pods_decides_whether_they_were_read(bool isGap)
    {
        Record();
        if (!isGap)
            lost.Add("pods");
        onRequest = () =>
        {
            if (cluster.Requests[^1] == "replicasets" && !lost.Remove("pods"))
                lost.Add("pods");
        };

        var planned = Assert.Single(await sweep.PlanAsync(CancellationToken.None));

        Assert.Equal(isGap ? (LeaseAction.Keep, LeaseKeepReason.OwnersNotSeen) : (LeaseAction.Revoke, LeaseKeepReason.None), (planned.Action, planned.Reason));
        Assert.Equal(isGap ? ["pods"] : [], sweep.RelevantGaps.Select(gap => gap.Resource));
    }

    [Fact]
    public async Task Before_a_revocation_everything_is_read_once_and_what_creates_pods_before_the_pods()
    {
        Record();
        var plan = await sweep.PlanAsync(CancellationToken.None);
        cluster.Requests.Clear();

        var summary = await sweep.RunAsync(plan, null, CancellationToken.None);

        Assert.Equal(1, summary.Revoked);
        Assert.Equal([.. Workloads, "metadata of pods", .. CustomResources], cluster.Requests);
    }

    private Guid Add(ModelShape shape)
    {
        var uuid = Record();
        cluster.Objects.Add(new ModelObject(shape, uuid, ModelRights.OwnNamespace, "o"));
        return uuid;
    }

    private Guid Record()
    {
        var record = new LeaseRecord
        {
            Uuid = Guid.NewGuid(),
            Source = "test",
            IsComplete = true,
            IsRenewable = true,
            ClusterUid = cluster.Uid,
            Owner = new ObjectReference("Rollout", ModelRights.OwnNamespace, "orders"),
            ServiceAccountName = "default",
            RecordedAt = DateTimeOffset.UtcNow.AddHours(-1),
        };
        store.Records[record.Uuid] = record;
        return record.Uuid;
    }
}
