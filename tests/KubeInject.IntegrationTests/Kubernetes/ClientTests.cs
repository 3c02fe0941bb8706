using System.Net;
using k8s;
using k8s.Autorest;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using k8s.Models;
using KubeInject.Client;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>Common operations with the official client over a connection.</summary>
public class ClientTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Objects_are_created_read_replaced_listed_and_deleted()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await TestCluster.OpenAsync();
        var client = connection.Client.CoreV1;
        var made = await client.CreateNamespacedConfigMapAsync(Map("a", "one"), @namespace);
        made.Data["key"] = "two";
        await client.ReplaceNamespacedConfigMapAsync(made, "a", @namespace);
        Assert.Equal("two", (await client.ReadNamespacedConfigMapAsync("a", @namespace)).Data["key"]);
        Assert.Equal(["a"], (await client.ListNamespacedConfigMapAsync(@namespace, fieldSelector: "metadata.name=a")).Items.Select(map => map.Name()));
        await client.DeleteNamespacedConfigMapAsync("a", @namespace);
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<HttpOperationException>(() => client.ReadNamespacedConfigMapAsync("a", @namespace))).Response.StatusCode);
    }

    [Fact]
    public async Task Secrets_are_written_and_read_byte_for_byte()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await TestCluster.OpenAsync();
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        await connection.Client.CoreV1.CreateNamespacedSecretAsync(new V1Secret { Metadata = new() { Name = "a" }, Data = new Dictionary<string, byte[]> { ["all"] = all } }, @namespace);
        Assert.Equal(all, (await connection.Client.CoreV1.ReadNamespacedSecretAsync("a", @namespace)).Data["all"]);
    }

    [Theory]
    [InlineData(V1Patch.PatchType.MergePatch)]
    [InlineData(V1Patch.PatchType.StrategicMergePatch)]
    [InlineData(V1Patch.PatchType.ApplyPatch)]
    [InlineData(V1Patch.PatchType.JsonPatch)]
    public async Task Each_kind_of_patch_is_sent_as_its_content_type(V1Patch.PatchType type)
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await TestCluster.OpenAsync(@namespace: @namespace);
        await connection.Client.CoreV1.CreateNamespacedPodAsync(Pod("a"), @namespace);
        const string Sidecar = """{"name":"sidecar","image":"sidecar"}""";
        var (body, manager) = type switch
        {
            V1Patch.PatchType.JsonPatch => ("""[{"op":"replace","path":"/spec/containers/0/image","value":"app:2"}]""", null),
            V1Patch.PatchType.ApplyPatch => ("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"app","image":"app:2","imagePullPolicy":"Never"}]}}""", "test"),
            _ => ("""{"spec":{"containers":[{"name":"app","image":"app:2","imagePullPolicy":"Never"}]}}""", null),
        };
        var patched = await connection.Client.CoreV1.PatchNamespacedPodAsync(new V1Patch(body, type), "a", @namespace, fieldManager: manager, force: manager is null ? null : true);
        Assert.Equal("app:2", patched.Spec.Containers[0].Image);

        // One kind of patch replaces a list of containers. The other adds to it, which the server rejects.
        if (type is V1Patch.PatchType.JsonPatch or V1Patch.PatchType.ApplyPatch)
            return;
        var dry = await Assert.ThrowsAsync<HttpOperationException>(() => connection.Client.CoreV1.PatchNamespacedPodAsync(
            new V1Patch($$$"""{"spec":{"containers":[{{{Sidecar}}}]}}""", type), "a", @namespace));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, dry.Response.StatusCode);
        Assert.Equal(type == V1Patch.PatchType.StrategicMergePatch, dry.Response.Content.Contains("may not add or remove containers", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_watch_reports_events_until_it_is_canceled()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await TestCluster.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var client = connection.Client.CoreV1;
        await client.CreateNamespacedConfigMapAsync(Map("a", "one"), @namespace);
        var reported = new List<string>();
        var giveUp = Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var (type, map) in client.WatchListNamespacedConfigMapAsync(@namespace, fieldSelector: "metadata.name=a", cancellationToken: cancellation.Token))
            {
                reported.Add($"{type} {map.Data["key"]}");
                if (type == WatchEventType.Added)
                    await client.PatchNamespacedConfigMapAsync(new V1Patch("""{"data":{"key":"two"}}""", V1Patch.PatchType.MergePatch), "a", @namespace);
                else if (type == WatchEventType.Modified)
                    await client.DeleteNamespacedConfigMapAsync("a", @namespace);
                else
                    await cancellation.CancelAsync();
            }
        });
        await giveUp;
        Assert.Equal(["Added one", "Modified two", "Deleted two"], reported);
    }

    [Fact]
    public async Task A_watch_by_a_user_without_permission_is_rejected()
    {
        using var connection = await TestCluster.OpenAsync("viewer");
        var error = await Assert.ThrowsAsync<HttpOperationException>(async () =>
        {
            await foreach (var happened in connection.Client.CoreV1.WatchListNamespacedConfigMapAsync("default"))
                Assert.Fail($"{happened}");
        });
        Assert.Equal(HttpStatusCode.Forbidden, error.Response.StatusCode);
    }

    [Fact]
    public async Task A_custom_resource_is_read_and_written_by_name()
    {
        using var connection = await TestCluster.OpenAsync();
        var client = connection.Client;
        var @namespace = await TestCluster.CreateNamespaceAsync();
        var group = $"{@namespace}.example.org";
        await client.ApiextensionsV1.CreateCustomResourceDefinitionAsync(Definition(group));
        await foreach (var (_, one) in client.ApiextensionsV1.WatchListCustomResourceDefinitionAsync(fieldSelector: $"metadata.name=things.{group}"))
        {
            if (one.Status?.Conditions?.Any(condition => condition is { Type: "Established", Status: "True" }) == true)
                break;
        }

        // The leader elector disposes its client unless an option prevents it.
        using (var things = new GenericClient(client, group, "v1", "things"))
        {
            await things.CreateNamespacedAsync(new CustomResource { ApiVersion = $"{group}/v1", Kind = "CustomResource", Metadata = new() { Name = "a" }, Spec = new() { ["size"] = "small" } }, @namespace);
            await things.PatchNamespacedAsync<CustomResource>(new V1Patch("""{"spec":{"size":"large"}}""", V1Patch.PatchType.MergePatch), @namespace, "a");
            Assert.Equal("large", (await things.ReadNamespacedAsync<CustomResource>(@namespace, "a")).Spec["size"]);
            var error = await Assert.ThrowsAsync<HttpOperationException>(() => things.ReadNamespacedAsync<CustomResource>(@namespace, "b"));
            Assert.Equal(HttpStatusCode.NotFound, error.Response.StatusCode);
        }

        Assert.NotEmpty((await client.CoreV1.ListNamespaceAsync()).Items);
        await client.ApiextensionsV1.DeleteCustomResourceDefinitionAsync($"things.{group}");
    }

    [Fact]
    public async Task One_of_two_clients_gets_a_lease_and_the_other_gets_it_after_its_release()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await TestCluster.OpenAsync();
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        using var one = Elector(connection, @namespace, "one");
        using var two = Elector(connection, @namespace, "two");
        var (leads, leadsNext, seen) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource<string>());
        one.OnStartedLeading += leads.SetResult;
        two.OnStartedLeading += leadsNext.SetResult;
        two.OnNewLeader += leader => seen.TrySetResult(leader);
        var running = one.RunUntilLeadershipLostAsync(first.Token);
        await leads.Task;
        var waiting = two.RunUntilLeadershipLostAsync(second.Token);
        Assert.Equal("one", await seen.Task);
        Assert.Equal((true, false), (one.IsLeader(), two.IsLeader()));

        await EndAsync(first, running);
        await leadsNext.Task;
        Assert.Equal("two", (await connection.Client.CoordinationV1.ReadNamespacedLeaseAsync("lock", @namespace)).Spec.HolderIdentity);
        await EndAsync(second, waiting);
    }

    [Fact]
    public async Task A_client_that_is_too_late_for_a_lease_gets_a_conflict()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await TestCluster.OpenAsync();
        var (one, two) = (new LeaseLock(connection.Client, @namespace, "lock", "one"), new LeaseLock(connection.Client, @namespace, "lock", "two"));
        var answers = new List<HttpStatusCode>();
        two.OnHttpError += error => answers.Add(error.Response.StatusCode);
        Assert.True(await one.CreateAsync(Record("one")));
        Assert.False(await two.CreateAsync(Record("two")));
        await two.GetAsync();
        Assert.True(await one.UpdateAsync(Record("one")));
        Assert.False(await two.UpdateAsync(Record("two")));
        Assert.Equal([HttpStatusCode.Conflict, HttpStatusCode.Conflict], answers);
        Assert.Equal("one", (await two.GetAsync()).HolderIdentity);
    }

    [Fact]
    public async Task Impersonation_applies_even_if_the_caller_names_another_user()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.AllowAsync(@namespace, "pods", "Group", "readers, of pods");
        await TestCluster.AllowAsync(@namespace, "secrets", "Group", "bücher");
        using var connection = await KubeConnection.OpenAsync(TestCluster.Context("admin") with { Impersonation = new Impersonation { User = "jane", Groups = ["readers, of pods", "bücher"] } });
        var client = connection.Client.CoreV1;
        var others = new Dictionary<string, IReadOnlyList<string>> { ["Impersonate-User"] = [Identity.Admin], ["impersonate-group"] = ["system:masters"] };
        await client.ListNamespacedPodWithHttpMessagesAsync(@namespace, customHeaders: others);
        await client.ListNamespacedSecretWithHttpMessagesAsync(@namespace, customHeaders: others);
        var error = await Assert.ThrowsAsync<HttpOperationException>(() => client.ListNamespacedConfigMapWithHttpMessagesAsync(@namespace, customHeaders: others));
        Assert.Contains("\\\"jane\\\" cannot list", error.Response.Content, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<HttpOperationException>(() => connection.Client.WebSocketNamespacedPodExecAsync(
            "a", @namespace, ["true"], customHeaders: others.ToDictionary(pair => pair.Key, pair => pair.Value.ToList())));
        Assert.Contains("\\\"jane\\\" cannot ", error.Response.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_requests_of_the_client_are_reported()
    {
        using var connection = await TestCluster.OpenAsync();
        var (reported, observed) = (new List<string>(), new List<string>());
        connection.RequestCompleted += request => reported.Add($"{request.Method} {request.Path} {request.StatusCode}");
        RequestObserver.Current = request => observed.Add($"{request.Method} {request.Path} {request.StatusCode}");
        await connection.Client.CoreV1.ReadNamespaceAsync("default");
        await Assert.ThrowsAsync<HttpOperationException>(() => connection.Client.WebSocketNamespacedPodPortForwardAsync("none", "default", [80]));
        RequestObserver.Current = null;
        Assert.Equal(["GET /api/v1/namespaces/default 200", "GET /api/v1/namespaces/default/pods/none/portforward?ports=80 404"], reported);
        Assert.Equal(reported, observed);
    }

    private static LeaderElector Elector(KubeConnection connection, string @namespace, string identity) => new(
        new LeaderElectionConfig(new LeaseLock(connection.Client, @namespace, "lock", identity)) { LeaseDuration = TimeSpan.FromSeconds(1), RetryPeriod = Short });

    private static async Task EndAsync(CancellationTokenSource cancellation, Task running)
    {
        await cancellation.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // The end depends on whether the cancellation happens during a wait or a request.
        }
    }

    private static LeaderElectionRecord Record(string holder) => new() { HolderIdentity = holder, AcquireTime = DateTime.UtcNow, RenewTime = DateTime.UtcNow, LeaseDurationSeconds = 10 };

    private static V1ConfigMap Map(string name, string value) => new() { Metadata = new() { Name = name }, Data = new Dictionary<string, string> { ["key"] = value } };

    private static V1Pod Pod(string name) => new() { Metadata = new() { Name = name }, Spec = new() { Containers = [new() { Name = "app", Image = "app", ImagePullPolicy = "Never" }] } };

    private static V1CustomResourceDefinition Definition(string group) => new()
    {
        Metadata = new() { Name = $"things.{group}" },
        Spec = new()
        {
            Group = group,
            Scope = "Namespaced",
            Names = new() { Plural = "things", Kind = "CustomResource" },
            Versions =
            [
                new()
                {
                    Name = "v1",
                    Served = true,
                    Storage = true,
                    Schema = new() { OpenAPIV3Schema = new() { Type = "object", XKubernetesPreserveUnknownFields = true } },
                },
            ],
        },
    };

    private sealed class CustomResource : IKubernetesObject<V1ObjectMeta>
    {
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public V1ObjectMeta Metadata { get; set; } = new();

        public Dictionary<string, string> Spec { get; set; } = [];
    }
}
