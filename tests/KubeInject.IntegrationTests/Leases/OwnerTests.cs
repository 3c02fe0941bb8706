using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Http;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Errors;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>Every object from which a pod with a lease can be created owns that lease, and no other object does.</summary>
public sealed class OwnerTests : SweepTest
{
    private const string Apps = "/apis/apps/v1";
    private const string Core = "/api/v1";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another")]
    public async Task A_pod_owns_the_record_whose_key_is_its_UID(string? annotation)
    {
        var text = annotation == "another" ? $"{Guid.NewGuid()}" : annotation;
        var pod = await TestCluster.CreatePodAsync(Namespace, "orders", metadata: text is null ? "" : $$""","annotations":{"{{InjectionAnnotation.Uuid}}":"{{text}}"}""");
        var record = Add(Guid.Parse(pod.Get("metadata").Text("uid")!));

        Assert.Equal((LeaseAction.Renew, $"{Namespace}/pod/orders"), await PlanAsync(record));
    }

    [Fact]
    public async Task A_pod_of_another_namespace_owns_leases_of_a_manifest_of_this_one()
    {
        var (record, elsewhere) = (Record(), await TestCluster.CreateNamespaceAsync());
        await TestCluster.CreatePodAsync(elsewhere, "orders", metadata: $$""","annotations":{"{{InjectionAnnotation.Uuid}}":"{{record.Uuid}}"}""");

        Assert.Equal((LeaseAction.Renew, $"{elsewhere}/pod/orders"), await PlanAsync(record));
    }

    [Fact]
    public async Task A_PodTemplate_owns_the_leases_that_it_names()
    {
        var record = Record();
        await CreateAsync(Core, "podtemplates", $$$"""{"metadata":{"name":"orders"},"template":{{{Template(record)}}} }""");

        Assert.Equal((LeaseAction.Renew, $"{Namespace}/podtemplate/orders"), await PlanAsync(record));
    }

    [Theory]
    [InlineData(2, "Deployment", false, LeaseAction.Renew)] // a rollout that is blocked
    [InlineData(null, "Deployment", false, LeaseAction.Renew)]
    [InlineData(0, "Deployment", true, LeaseAction.Renew)] // which is scaled up again as a paused Deployment is
    [InlineData(0, "Deployment", false, LeaseAction.Revoke)] // history
    [InlineData(0, "Rollout", false, LeaseAction.Renew)]
    [InlineData(0, null, false, LeaseAction.Renew)]
    public async Task A_ReplicaSet_owns_the_leases_that_it_names_while_it_can_have_pods(int? replicas, string? controller, bool isPaused, LeaseAction action)
    {
        var record = Record();
        var deployment = await CreateAsync(Apps, "deployments", $$$"""{"metadata":{"name":"orders"},"spec":{"paused":{{{(isPaused ? "true" : "false")}}},"replicas":2,"selector":{"matchLabels":{"app":"orders"}},"template":{{{Template(null)}}} }}""");
        var (group, uid) = controller == "Rollout" ? ("argoproj.io/v1alpha1", $"{Guid.NewGuid()}") : ("apps/v1", deployment.Get("metadata").Text("uid"));
        await CreateAsync(Apps, "replicasets", $$$"""
            {"metadata":{"name":"orders-1"{{{(controller is null ? "" : Owner(group, controller, uid!))}}} },
             "spec":{{{{(replicas is null ? "" : $"\"replicas\":{replicas},")}}}"selector":{"matchLabels":{"app":"orders"}},"template":{{{Template(record)}}} }}
            """);

        Assert.Equal(action, (await PlanAsync(record)).Action);
    }

    [Theory]
    [InlineData("orders-current", "StatefulSet", LeaseAction.Renew)]
    [InlineData("orders-update", "StatefulSet", LeaseAction.Renew)]
    [InlineData("orders-old", "StatefulSet", LeaseAction.Revoke)]
    [InlineData("orders-old", "StatefulSet that was not seen", LeaseAction.Renew)]
    [InlineData("orders-old", "DaemonSet", LeaseAction.Revoke)]
    [InlineData("orders-old", "CloneSet", LeaseAction.Renew)]
    [InlineData("orders-old", null, LeaseAction.Renew)]
    public async Task A_ControllerRevision_owns_the_leases_that_it_names_while_pods_can_be_created_from_it(string name, string? controller, LeaseAction action)
    {
        var record = Record();
        var set = await CreateAsync(Apps, "statefulsets", $$$"""{"metadata":{"name":"orders"},"spec":{"serviceName":"orders","selector":{"matchLabels":{"app":"orders"}},"template":{{{Template(null)}}} }}""");
        var version = set.Get("metadata").Text("resourceVersion");
        await TestCluster.SendAsync(HttpMethod.Put, $"{Apps}/namespaces/{Namespace}/statefulsets/orders/status", $$$"""
            {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"orders","resourceVersion":"{{{version}}}"},"spec":{"serviceName":"orders","selector":{"matchLabels":{"app":"orders"}},"template":{{{Template(null)}}} },
             "status":{"replicas":0,"currentRevision":"orders-current","updateRevision":"orders-update"}}
            """);
        var group = controller == "CloneSet" ? "apps.kruise.io/v1alpha1" : "apps/v1";
        var uid = controller == "StatefulSet that was not seen" ? $"{Guid.NewGuid()}" : set.Get("metadata").Text("uid");
        await CreateAsync(Apps, "controllerrevisions", $$$"""
            {"metadata":{"name":"{{{name}}}"{{{(controller is null ? "" : Owner(group, controller.Split(' ')[0], uid!))}}} },"revision":1,"data":{"spec":{"template":{{{Template(record)}}} } } }
            """);

        Assert.Equal(action, (await PlanAsync(record)).Action);
    }

    [Theory]
    [InlineData("""{"replicas":0,"template":TEMPLATE}""")]
    [InlineData("""{"workers":{"groups":[{"name":"a"},{"name":"b","podTemplate":TEMPLATE}]}}""")]
    [InlineData("""{"podMetadata":{"annotations":ANNOTATIONS}}""")]
    public async Task A_custom_resource_owns_the_leases_that_it_names_at_any_depth(string spec)
    {
        var record = Record();
        Leases.Records[record.Uuid] = record = record with { Owner = record.Owner with { Kind = "Rollout" } };
        using var kind = await CustomKind.CreateAsync();
        await kind.AddAsync(Namespace, spec.Replace("TEMPLATE", Template(record), StringComparison.Ordinal).Replace("ANNOTATIONS", Annotations(record), StringComparison.Ordinal));

        Assert.Equal((LeaseAction.Renew, $"{Namespace}/rollout/orders"), await PlanAsync(record));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unreadable_custom_resources_keep_the_leases_of_their_kinds(bool isSkipped)
    {
        var (custom, pod) = (Record(), Record());
        Leases.Records[custom.Uuid] = custom = custom with { Owner = custom.Owner with { Kind = "Rollout" } };
        using var kind = await CustomKind.CreateAsync();
        var looked = false;
        using var proxy = new FaultProxy(request =>
        {
            if (!request.Path.Split('?')[0].EndsWith("/rollouts", StringComparison.Ordinal))
                return null;
            looked = true;
            return FaultProxy.Fault.Error(403, KubeApiReason.Forbidden);
        });
        using var connection = await proxy.OpenAsync(Namespace);

        var summary = await RunAsync(Sweep(connection.Objects, options: Options with { SkipCustomResources = isSkipped }));

        Assert.Equal([pod.Uuid], Issuer.Revoked.Keys);
        Assert.Contains(custom.Uuid, Leases.Records.Keys);
        Assert.Equal((!isSkipped, false), (looked, summary.IsComplete));
        Assert.Contains(summary.BlockingGaps, gap => isSkipped ? gap.Resource == "custom resources" : gap.MissingRight == $"list rollouts.{kind.Group} in all namespaces");
    }

    [Fact]
    public async Task Custom_resources_are_not_read_if_all_leases_have_other_owners()
    {
        using var kind = await CustomKind.CreateAsync();
        await PodAsync(Record());
        var paths = new List<string>();
        Connection.RequestCompleted += request => paths.Add(request.Path.Split('?')[0]);

        await RunAsync(Sweep());

        Assert.NotEmpty(paths);
        Assert.DoesNotContain(paths, path => path.EndsWith("/rollouts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Owners_are_read_from_the_server_and_never_from_a_cache()
    {
        Orphan();
        var paths = new List<string>();
        Connection.RequestCompleted += request => paths.Add(request.Path);

        await RunAsync(Sweep());

        Assert.All(paths, path => Assert.DoesNotContain("resourceVersion=", path, StringComparison.Ordinal));
    }

    private static string Annotations(LeaseRecord? record) => $$"""{"{{InjectionAnnotation.Uuid}}":"{{record?.Uuid}}"}""";

    private static string Template(LeaseRecord? record) =>
        $$$"""{"metadata":{"labels":{"app":"orders"},"annotations":{{{Annotations(record)}}} },"spec":{"containers":[{"name":"app","image":"app"}]}}""";

    private static string Owner(string version, string kind, string uid) =>
        $$""","ownerReferences":[{"apiVersion":"{{version}}","kind":"{{kind}}","name":"orders","uid":"{{uid}}","controller":true}]""";

    private LeaseRecord Add(Guid uuid)
    {
        var record = Record();
        Leases.Records.TryRemove(record.Uuid, out _);
        return Leases.Records[uuid] = record with { Uuid = uuid };
    }

    private Task<JsonElement> CreateAsync(string group, string resource, string json) => TestCluster.SendAsync(HttpMethod.Post, $"{group}/namespaces/{Namespace}/{resource}", json);

    private async Task<(LeaseAction Action, string Owner)> PlanAsync(LeaseRecord record)
    {
        var planned = (await Sweep().PlanAsync(CancellationToken.None)).Single(planned => planned.Lease.Uuid == record.Uuid);
        return (planned.Action, $"{planned.Lease.Owner}");
    }

    /// <summary>A custom kind in a separate API group, until the test ends.</summary>
    private sealed class CustomKind(string group) : IDisposable
    {
        private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

        public string Group => group;

        public static async Task<CustomKind> CreateAsync()
        {
            var kind = new CustomKind($"t{Guid.NewGuid():n}.example.com");
            await TestCluster.SendAsync(HttpMethod.Post, Definitions, $$$"""
                {"metadata":{"name":"rollouts.{{{kind.Group}}}"},"spec":{"group":"{{{kind.Group}}}","scope":"Namespaced","names":{"plural":"rollouts","kind":"Rollout","listKind":"RolloutList"},
                 "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }] } }
                """);
            var limit = DateTime.UtcNow.AddSeconds(30);
            while (!await kind.IsServedAsync())
                Assert.True(DateTime.UtcNow < limit, "The custom resource was not served within 30 s.");
            return kind;
        }

        public Task<JsonElement> AddAsync(string @namespace, string spec) =>
            TestCluster.SendAsync(HttpMethod.Post, $"/apis/{group}/v1/namespaces/{@namespace}/rollouts", $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Rollout","metadata":{"name":"orders"},"spec":{{{spec}}} }""");

        public void Dispose() => TestCluster.SendAsync(HttpMethod.Delete, $"{Definitions}/rollouts.{group}").GetAwaiter().GetResult();

        private async Task<bool> IsServedAsync()
        {
            try
            {
                var groups = await TestCluster.SendAsync(HttpMethod.Get, "/apis");
                await TestCluster.SendAsync(HttpMethod.Get, $"/apis/{group}/v1/rollouts");
                return groups.Get("groups").Items().Any(served => served.Text("name") == group);
            }
            catch (KubeApiException)
            {
                return false;
            }
        }
    }
}
