using KubeInject.Controller;
using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>Pods whose credentials can no longer be extended are replaced as the setting or their annotation says, or the reason is reported.</summary>
public sealed class PodExpiryTests : ControllerTest
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Pods_that_expire_together_cause_one_rollout_and_are_not_evicted()
    {
        await StartAsync(ExpiryAction.Rollout);
        KubeResource[] resources = [KubeResource.Deployments, KubeResource.StatefulSets, KubeResource.DaemonSets];
        var workloads = await Task.WhenAll(resources.Select(resource => ExpiringWorkload.CreateAsync(Connection, resource, resource == KubeResource.StatefulSets ? ""","serviceName":"app" """ : "")));
        var pods = new List<PodKey>();
        foreach (var (workload, resource) in workloads.Zip(resources))
        {
            for (var number = 0; number < 3; number++)
                pods.Add(await CreateAsync(ExpiringWorkload.Own(Admit($"{resource.Plural}-{number}", Namespace), workload.Owner)));
        }

        var credentials = await Task.WhenAll(pods.Select(pod => UntilIssuedAsync(pod)));
        foreach (var workload in workloads)
            await UntilAsync(async () => (await workload.ReadAsync()).RestartedAt is not null, $"{workload.Owner} was not restarted");
        foreach (var credential in credentials)
            await UntilExpiredAsync(credential);

        foreach (var workload in workloads)
            Assert.True(await workload.ReadAsync() is (1, not null), $"{workload.Owner} must be restarted once.");
        Assert.Equal(pods.Count, await Connection.Objects.ListMetadataAsync(KubeResource.Pods, new()).CountAsync());
    }

    [Theory]
    [InlineData("deployments", ""","paused":true""", "It is paused")]
    [InlineData("statefulsets", ""","serviceName":"app","updateStrategy":{"type":"OnDelete"}""", "OnDelete")]
    [InlineData("statefulsets", ""","serviceName":"app","updateStrategy":{"rollingUpdate":{"partition":1}}""", "has the partition 1")]
    [InlineData("daemonsets", ""","updateStrategy":{"type":"OnDelete"}""", "OnDelete")]
    public async Task A_workload_that_would_not_replace_the_pod_is_not_restarted(string plural, string spec, string reason)
    {
        await StartAsync(ExpiryAction.Rollout);
        var resource = new[] { KubeResource.Deployments, KubeResource.StatefulSets, KubeResource.DaemonSets }.Single(resource => resource.Plural == plural);
        var workload = await ExpiringWorkload.CreateAsync(Connection, resource, spec);

        var pod = await CreateAsync(ExpiringWorkload.Own(Admit("orders-0", Namespace), workload.Owner));

        Assert.Contains(reason, await MessageAsync(pod, PodEventReason.NotReplaced), StringComparison.Ordinal);
        Assert.Equal((0, null), await workload.ReadAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Job")]
    [InlineData("ReplicaSet")]
    public async Task A_pod_without_a_workload_that_rolls_out_is_not_replaced(string? kind)
    {
        await StartAsync(ExpiryAction.Rollout);
        var workload = await ExpiringWorkload.CreateAsync(Connection, KubeResource.Deployments);
        var json = Admit("orders", Namespace);
        if (kind is not null)
        {
            // The ReplicaSet exists, but has another UID than the owner of the pod.
            var owner = kind == "Job" ? new OwnerReference("batch/v1", kind, "orders", $"{Guid.NewGuid()}", Controller: true) : workload.Owner with { Uid = $"{Guid.NewGuid()}" };
            ExpiringWorkload.Own(json, owner);
        }

        var pod = await CreateAsync(json);

        Assert.Contains("belongs to no Deployment, StatefulSet or DaemonSet", await MessageAsync(pod, PodEventReason.NotReplaced), StringComparison.Ordinal);
        Assert.Equal((0, null), await workload.ReadAsync());
    }

    [Fact]
    public async Task A_pod_that_its_owner_does_not_select_restarts_nothing()
    {
        await StartAsync(ExpiryAction.Rollout);
        var workload = await ExpiringWorkload.CreateAsync(Connection, KubeResource.Deployments);
        var json = ExpiringWorkload.Own(Admit("orders", Namespace), workload.Owner);
        json["metadata"]!["labels"]!["app"] = "other";

        var pod = await CreateAsync(json);

        await UntilEventAsync(pod, PodEventReason.NotReplaced);
        Assert.Equal((0, null), await workload.ReadAsync());
    }

    [Theory]
    [InlineData(nameof(ExpiryAction.Evict), "none", false)]
    [InlineData(nameof(ExpiryAction.None), "evict", true)]
    [InlineData(nameof(ExpiryAction.Evict), "Evict!", true)]
    public async Task The_annotation_of_a_pod_overrides_the_setting(string setting, string annotation, bool isEvicted)
    {
        await StartAsync(Enum.Parse<ExpiryAction>(setting));
        var json = ExpiringWorkload.Own(Admit("orders", Namespace), new OwnerReference("apps/v1", "ReplicaSet", "orders", $"{Guid.NewGuid()}", Controller: true));
        json["metadata"]!["annotations"]![PodReplacement.Annotation] = annotation;
        var pod = await CreateAsync(json);
        var credential = await UntilIssuedAsync(pod);

        await UntilEventAsync(pod, PodEventReason.Expiring);
        if (isEvicted)
        {
            await UntilRevokedAsync(credential);
        }
        else
        {
            await UntilExpiredAsync(credential);
            Assert.True(await TestDatabase.HasRoleAsync(credential.Username));
        }

        Assert.Equal(annotation == "Evict!", (await EventsAsync(pod)).Any(found => found.Reason == PodEventReason.InvalidAnnotation));
    }

    private async Task StartAsync(ExpiryAction setting)
    {
        Issuer.Dispose();
        Issuer = NewIssuer(Lifetime);
        var controller = await StartAsync(Options with { OnExpiry = setting });
        controller.Issuer.LongestLifetime = Lifetime;
    }

    private Task UntilExpiredAsync(Credential credential) => UntilAsync(async () => !await TestDatabase.CanLogInAsync(credential), $"{credential.Username} is valid");

    private async Task<string> MessageAsync(PodKey pod, string reason)
    {
        await UntilEventAsync(pod, reason);
        return (await EventsAsync(pod)).Single(found => found.Reason == reason).Message;
    }
}
