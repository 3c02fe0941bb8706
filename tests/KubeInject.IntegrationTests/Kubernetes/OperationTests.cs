using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Kubernetes;

public class OperationTests
{
    private static readonly KubeObject Pod = KubeObject.Parse("""{"metadata":{"name":"a","labels":{"app":"a"}},"spec":{"containers":[{"name":"app","image":"app:1"}]}}""");

    [Fact]
    public async Task An_object_is_created_read_changed_and_deleted()
    {
        using var connection = await TestCluster.OpenAsync(@namespace: await TestCluster.CreateNamespaceAsync());
        var created = await connection.Objects.CreateAsync(KubeResource.Pods, Pod);
        Assert.Equal(("v1", "Pod", "a", connection.Namespace), (created.ApiVersion, created.Kind, created.Name, created.Namespace));
        Assert.Equal("kubeinject", created.ToElement().GetProperty("metadata").GetProperty("managedFields")[0].GetProperty("manager").GetString());
        Assert.Equal(created.ToJson(), (await connection.Objects.GetAsync(KubeResource.Pods, "a")).ToJson());
        var merged = await connection.Objects.PatchAsync(KubeResource.Pods, "a", KubePatch.Merge("""{"metadata":{"annotations":{"note":"1"}}}"""));
        Assert.Equal("1", Annotation(merged));
        var patched = await connection.Objects.PatchAsync(KubeResource.Pods, "a", KubePatch.Json("""[{"op":"test","path":"/metadata/annotations/note","value":"1"},{"op":"replace","path":"/metadata/annotations/note","value":"2"}]"""));
        Assert.Equal("2", Annotation(patched));
        var status = await connection.Objects.PatchStatusAsync(KubeResource.Pods, "a", KubePatch.Merge("""{"status":{"phase":"Running"}}"""));
        Assert.Equal("Running", status.ToElement().GetProperty("status").GetProperty("phase").GetString());
        await connection.Objects.DeleteAsync(KubeResource.Pods, "a");
        Assert.Equal(KubeApiReason.NotFound, (await FailsAsync(connection.Objects.GetAsync(KubeResource.Pods, "a"))).Reason);
    }

    [Fact]
    public async Task Server_side_apply_creates_and_distinguishes_field_managers()
    {
        using var connection = await TestCluster.OpenAsync(@namespace: await TestCluster.CreateNamespaceAsync());
        var client = connection.Objects;
        var first = await client.PatchAsync(KubeResource.ConfigMaps, "a", KubePatch.Apply("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"key":"1"}}"""));
        Assert.Equal("1", first.ToElement().GetProperty("data").GetProperty("key").GetString());
        const string Other = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"key":"2"}}""";
        var conflict = await FailsAsync(client.PatchAsync(KubeResource.ConfigMaps, "a", KubePatch.Apply(Other), options: new() { FieldManager = "other" }));
        Assert.Equal((409, KubeApiReason.Conflict), (conflict.StatusCode, conflict.Reason));
        Assert.Contains(conflict.Causes, cause => cause is { Reason: "FieldManagerConflict", Field: ".data.key" });
        var taken = await client.PatchAsync(KubeResource.ConfigMaps, "a", KubePatch.Apply(Other, force: true), options: new() { FieldManager = "other" });
        Assert.Equal("2", taken.ToElement().GetProperty("data").GetProperty("key").GetString());
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        using var connection = await TestCluster.OpenAsync(@namespace: await TestCluster.CreateNamespaceAsync());
        var client = connection.Objects;
        Assert.NotNull((await client.CreateAsync(KubeResource.Pods, Pod, options: new() { DryRun = true })).Uid);
        Assert.Equal(404, (await FailsAsync(client.GetAsync(KubeResource.Pods, "a"))).StatusCode);
        var created = await client.CreateAsync(KubeResource.Pods, Pod);
        await client.PatchAsync(KubeResource.Pods, "a", KubePatch.Merge("""{"metadata":{"annotations":{"note":"1"}}}"""), options: new() { DryRun = true });
        await client.DeleteAsync(KubeResource.Pods, "a", options: new() { DryRun = true });
        Assert.Equal(created.ToJson(), (await client.GetAsync(KubeResource.Pods, "a")).ToJson());
    }

    [Fact]
    public async Task Preconditions_protect_a_new_object_with_the_same_name()
    {
        using var connection = await TestCluster.OpenAsync(@namespace: await TestCluster.CreateNamespaceAsync());
        var client = connection.Objects;
        var pod = await client.CreateAsync(KubeResource.Pods, Pod);
        Assert.Equal(KubeApiReason.Conflict, (await FailsAsync(client.DeleteAsync(KubeResource.Pods, "a", options: new() { Uid = Guid.NewGuid().ToString() }))).Reason);
        Assert.Equal(KubeApiReason.Conflict, (await FailsAsync(client.DeleteAsync(KubeResource.Pods, "a", options: new() { ResourceVersion = "1" }))).Reason);
        await client.DeleteAsync(KubeResource.Pods, "a", options: new() { Uid = pod.Uid, ResourceVersion = pod.ResourceVersion, Propagation = PropagationPolicy.Background });
    }

    [Fact]
    public async Task Cluster_scoped_objects_and_other_API_groups_are_listed()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await TestCluster.OpenAsync(@namespace: @namespace);
        Assert.Equal(@namespace, (await connection.Objects.GetAsync(KubeResource.Namespaces, @namespace)).Name);
        await connection.Objects.CreateAsync(KubeResource.Deployments, KubeObject.Parse(
            """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}"""));
        var single = (await connection.Objects.GetAsync(KubeResource.Deployments, "d")).ToJson().TrimEnd();
        await foreach (var item in connection.Objects.ListAsync(KubeResource.Deployments))
            Assert.Equal(single.Length, item.ToJson().Length);
    }

    [Fact]
    public async Task A_metadata_list_returns_only_metadata()
    {
        using var connection = await TestCluster.OpenAsync(@namespace: await TestCluster.CreateNamespaceAsync());
        var created = await connection.Objects.CreateAsync(KubeResource.Pods, Pod);
        await foreach (var item in connection.Objects.ListMetadataAsync(KubeResource.Pods))
        {
            Assert.Equal(("Pod", created.Name, created.Namespace, created.Uid), (item.Kind, item.Name, item.Namespace, item.Uid));
        }
    }

    [Fact]
    public async Task A_token_of_a_ServiceAccount_connects_as_that_account()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await TestCluster.OpenAsync(@namespace: @namespace);
        await connection.Objects.CreateAsync(KubeResource.ServiceAccounts, KubeObject.Parse("""{"metadata":{"name":"teller"}}"""));
        var token = await connection.Objects.CreateTokenAsync("teller", options: new() { ExpirationSeconds = 600 });
        Assert.InRange(token.ExpirationTimestamp, DateTimeOffset.UtcNow.AddSeconds(500), DateTimeOffset.UtcNow.AddSeconds(700));
        using var teller = await KubeConnection.OpenAsync(ConnectionSettings.FromToken(TestCluster.Server, token.Token, TestCluster.Authority) with { Namespace = @namespace });
        Assert.Contains($"system:serviceaccount:{@namespace}:teller", (await FailsAsync(teller.Objects.GetAsync(KubeResource.Pods, "a"))).Message, StringComparison.Ordinal);

        // A token for another audience is not accepted here.
        var foreign = await connection.Objects.CreateTokenAsync("teller", options: new() { Audiences = ["vault"] });
        var error = await Assert.ThrowsAsync<KubeConnectionException>(
            () => KubeConnection.OpenAsync(ConnectionSettings.FromToken(TestCluster.Server, foreign.Token, TestCluster.Authority)));
        Assert.Equal(KubeConnectionFailure.Unauthorized, error.Reason);
    }

    [Theory]
    [InlineData("admin", true)]
    [InlineData("viewer", false)]
    public async Task Permissions_are_reported(string context, bool isAllowed)
    {
        using var connection = await TestCluster.OpenAsync(context);
        Assert.Equal(isAllowed, (await connection.Objects.ReviewAccessAsync(new("list", KubeResource.Pods))).Allowed);
        Assert.Equal(isAllowed, (await connection.Objects.ReviewAccessAsync(new("create", KubeResource.ServiceAccounts) { Subresource = "token", AllNamespaces = true })).Allowed);
    }

    [Fact]
    public async Task Secret_content_that_the_server_quotes_is_not_shown()
    {
        using var connection = await TestCluster.OpenAsync();
        var error = await FailsAsync(connection.Objects.CreateAsync(KubeResource.Secrets, KubeObject.Parse("""{"metadata":{"name":"s"},"data":{"password":{"canary":"canary"}}}""")));
        Assert.Equal(400, error.StatusCode);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    private static string? Annotation(KubeObject pod) => pod.ToElement().GetProperty("metadata").GetProperty("annotations").GetProperty("note").GetString();

    private static Task<KubeApiException> FailsAsync(Task operation) => Assert.ThrowsAsync<KubeApiException>(() => operation);
}
