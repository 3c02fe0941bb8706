using System.Text.Json;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

public class OperationTests
{
    private const string Object = """{"metadata":{"name":"a","uid":"u"}}""";
    private const string Pod = """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","uid":"u"},"future":{"field":[1,2.50]}}""";

    [Theory]
    [InlineData("", "v1", "secrets", true, null, "/api/v1/namespaces/shop/secrets/a")]
    [InlineData("", "v1", "secrets", true, "other", "/api/v1/namespaces/other/secrets/a")]
    [InlineData("apps", "v1", "deployments", true, null, "/apis/apps/v1/namespaces/shop/deployments/a")]
    [InlineData("", "v1", "namespaces", false, "other", "/api/v1/namespaces/a")]
    [InlineData("a/b", "v?", "c#", true, "d e", "/apis/a%2Fb/v%3F/namespaces/d%20e/c%23/a")]
    public async Task A_resource_becomes_a_path(string group, string version, string plural, bool isNamespaced, string? @namespace, string path)
    {
        using var api = await AnsweringAsync();
        await api.Objects.GetAsync(new KubeResource(group, version, plural, "X", isNamespaced), "a", @namespace);
        Assert.Equal(("GET", path), Sent(api));
    }

    [Fact]
    public void The_well_known_resources_are_those_of_Kubernetes() => Assert.Equal(
        """
        Pod /api/v1/namespaces/n/pods
        Secret /api/v1/namespaces/n/secrets
        ConfigMap /api/v1/namespaces/n/configmaps
        ServiceAccount /api/v1/namespaces/n/serviceaccounts
        Namespace /api/v1/namespaces
        Deployment /apis/apps/v1/namespaces/n/deployments
        ReplicaSet /apis/apps/v1/namespaces/n/replicasets
        StatefulSet /apis/apps/v1/namespaces/n/statefulsets
        DaemonSet /apis/apps/v1/namespaces/n/daemonsets
        Job /apis/batch/v1/namespaces/n/jobs
        CronJob /apis/batch/v1/namespaces/n/cronjobs
        Lease /apis/coordination.k8s.io/v1/namespaces/n/leases
        """,
        string.Join(Environment.NewLine, typeof(KubeResource).GetProperties().Where(property => property.PropertyType == typeof(KubeResource))
            .Select(property => (KubeResource)property.GetValue(null)!)
            .Select(resource => $"{resource.Kind} {resource.ListPath("n")}")));

    [Fact]
    public async Task Unknown_fields_are_kept()
    {
        using var api = await AnsweringAsync(Pod);
        var got = await api.Objects.GetAsync(KubeResource.Pods, "a");
        Assert.Equal(Pod, got.ToJson());
        await api.Objects.CreateAsync(KubeResource.Pods, got);
        Assert.Equal(Pod, api.Requests[^1].Body);
    }

    [Fact]
    public async Task Create_posts_to_the_collection_with_a_field_manager()
    {
        using var api = await AnsweringAsync();
        await api.Objects.CreateAsync(KubeResource.Pods, KubeObject.Parse("""{"metadata":{"name":"a"}}"""));
        Assert.Equal(("POST", "/api/v1/namespaces/shop/pods?fieldManager=kubeinject"), Sent(api));
        Assert.Equal("application/json", api.Requests[^1].Headers["Content-Type"]);
        await api.Objects.CreateAsync(KubeResource.Pods, KubeObject.Parse("""{"metadata":{"namespace":"own"}}"""), options: new() { DryRun = true, FieldManager = "me & you" });
        Assert.Equal(("POST", "/api/v1/namespaces/own/pods?fieldManager=me%20%26%20you&dryRun=All"), Sent(api));
    }

    [Theory]
    [InlineData("json", "application/json-patch+json", "?fieldManager=kubeinject")]
    [InlineData("merge", "application/merge-patch+json", "?fieldManager=kubeinject")]
    [InlineData("apply", "application/apply-patch+yaml", "?fieldManager=kubeinject")]
    [InlineData("force", "application/apply-patch+yaml", "?fieldManager=kubeinject&force=true")]
    public async Task A_patch_has_the_content_type_of_its_kind(string kind, string contentType, string query)
    {
        using var api = await AnsweringAsync();
        var patch = kind switch
        {
            "json" => KubePatch.Json("""{"a":1}"""),
            "merge" => KubePatch.Merge("""{"a":1}"""),
            _ => KubePatch.Apply("""{"a":1}""", force: kind == "force"),
        };
        await api.Objects.PatchAsync(KubeResource.Deployments, "a", patch);
        Assert.Equal(("PATCH", $"/apis/apps/v1/namespaces/shop/deployments/a{query}"), Sent(api));
        Assert.Equal((contentType, """{"a":1}"""), (api.Requests[^1].Headers["Content-Type"], api.Requests[^1].Body));
        await api.Objects.PatchStatusAsync(KubeResource.Deployments, "a", patch, "other");
        Assert.Equal(("PATCH", $"/apis/apps/v1/namespaces/other/deployments/a/status{query}"), Sent(api));
        Assert.Equal(contentType, patch.ToString());
    }

    [Fact]
    public async Task Delete_sends_only_the_requested_options()
    {
        using var api = await AnsweringAsync();
        await api.Objects.DeleteAsync(KubeResource.Pods, "a");
        Assert.Equal(("DELETE", "/api/v1/namespaces/shop/pods/a"), Sent(api));
        Assert.Equal("""{"kind":"DeleteOptions","apiVersion":"v1"}""", api.Requests[^1].Body);
        await api.Objects.DeleteAsync(KubeResource.Pods, "a", options: new()
        {
            DryRun = true,
            Propagation = PropagationPolicy.Foreground,
            Uid = "u",
            ResourceVersion = "7",
            GracePeriodSeconds = 0,
        });
        Assert.Equal(
            """{"kind":"DeleteOptions","apiVersion":"v1","dryRun":["All"],"propagationPolicy":"Foreground","gracePeriodSeconds":0,"preconditions":{"uid":"u","resourceVersion":"7"}}""",
            api.Requests[^1].Body);
    }

    [Fact]
    public async Task A_metadata_list_requests_only_metadata()
    {
        using var api = await FaultyApi.OpenAsync(Response.Json("""{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","items":[{"metadata":{"name":"a"},"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1"}]}"""));
        var item = Assert.Single(await CollectingProgress.AllAsync(api.Objects.ListMetadataAsync(KubeResource.Pods, new KubeQuery { PageSize = 7 })));
        Assert.Equal(("Pod", "a"), (item.Kind, item.Name));
        Assert.Equal("/api/v1/namespaces/shop/pods?limit=7", api.Requests[^1].Path);
        Assert.Equal(
            "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
            api.Requests[^1].Headers["Accept"]);
    }

    [Fact]
    public async Task Items_of_a_list_get_their_kind()
    {
        using var api = await FaultyApi.OpenAsync(Response.Json("""{"kind":"DeploymentList","items":[{"metadata":{}},{"metadata":{"name":"a","resourceVersion":"5"}}]}"""));
        var items = await CollectingProgress.AllAsync(api.Objects.ListAsync(KubeResource.Deployments));
        Assert.Equal(
            ["""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{}}""", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","resourceVersion":"5"}}"""],
            items.Select(item => item.ToJson()));
        Assert.Equal(("apps/v1", "Deployment", "a", "5"), (items[1].ApiVersion, items[1].Kind, items[1].Name, items[1].ResourceVersion));
    }

    [Fact]
    public async Task A_token_is_requested_and_hidden()
    {
        var token = Response.Json("""{"status":{"token":"canary-token","expirationTimestamp":"2026-01-02T03:04:05Z"}}""");
        using var api = await FaultyApi.OpenAsync(token, token);
        var got = await api.Objects.CreateTokenAsync("teller", "bank", new() { Audiences = ["vault", "db"], ExpirationSeconds = 600 });
        Assert.Equal(("canary-token", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), (got.Token.Reveal(), got.ExpirationTimestamp));
        Assert.DoesNotContain("canary", got.ToString(), StringComparison.Ordinal);
        Assert.Equal(("POST", "/api/v1/namespaces/bank/serviceaccounts/teller/token"), Sent(api));
        Assert.Equal(
            """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"audiences":["vault","db"],"expirationSeconds":600}}""",
            api.Requests[^1].Body);
        await api.Objects.CreateTokenAsync("teller");
        Assert.EndsWith("""{"audiences":[]}}""", api.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_permission_is_requested()
    {
        using var api = await FaultyApi.OpenAsync(
            Response.Json("""{"status":{"allowed":true,"reason":"RBAC: allowed by x"}}"""), Response.Json("""{"status":{"allowed":false}}"""));
        Assert.Equal(
            new AccessAnswer(true, "RBAC: allowed by x"),
            await api.Objects.ReviewAccessAsync(new("create", KubeResource.ServiceAccounts) { Subresource = "token", Name = "teller" }));
        using (var sent = JsonDocument.Parse(api.Requests[^1].Body))
        {
            Assert.Equal(
                """{"verb":"create","group":"","version":"v1","resource":"serviceaccounts","subresource":"token","name":"teller","namespace":"shop"}""",
                sent.RootElement.GetProperty("spec").GetProperty("resourceAttributes").GetRawText());
        }

        Assert.Equal(new AccessAnswer(false, null), await api.Objects.ReviewAccessAsync(new("list", KubeResource.Pods) { AllNamespaces = true, Namespace = "x" }));
        Assert.EndsWith("\"namespace\":\"\"}}}", api.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_is_printed_as_its_reference()
    {
        var secret = KubeObject.Parse("""{"kind":"Secret","metadata":{"name":"db","namespace":"shop"},"data":{"password":"Y2FuYXJ5"}}""");
        Assert.Equal("shop/secret/db", secret.ToString());
        Assert.DoesNotContain("Y2FuYXJ5", $"{new KubeEvent(KubeEventType.Added, secret)}{string.Concat(secret.GetType().GetProperties().Select(property => property.GetValue(secret)))}", StringComparison.Ordinal);
        Assert.Equal("Y2FuYXJ5", secret.ToElement().GetProperty("data").GetProperty("password").GetString());
    }

    [Fact]
    public async Task Deeply_nested_objects_are_read()
    {
        var deep = $$"""{"metadata":{"name":"a"},"spec":{{string.Concat(Enumerable.Repeat("[", 200))}}{{new string(']', 200)}}}""";
        using var api = await FaultyApi.OpenAsync(Response.Json(deep), Response.Json($$"""{"kind":"PodList","items":[{{deep}}]}"""));
        Assert.Equal("a", (await api.Objects.GetAsync(KubeResource.Pods, "a")).Name);
        Assert.Equal("a", Assert.Single(await CollectingProgress.AllAsync(api.Objects.ListAsync(KubeResource.Pods))).Name);
    }

    private static Task<FaultyApi> AnsweringAsync(string answer = Object) => FaultyApi.OpenAsync(_ => Response.Json(answer));

    private static (string Method, string Path) Sent(FaultyApi api) => (api.Requests[^1].Method, api.Requests[^1].Path);
}
