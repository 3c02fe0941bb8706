using System.Text;
using Google.Protobuf;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Client.Metadata;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>A response with status 200 is the requested object, or an error that describes it with the request and the server.</summary>
public sealed class WrongAnswerTests
{
    private const string Item = """{"metadata":{"name":"a","namespace":"shop","uid":"u-1","resourceVersion":"7"}}""";

    private static readonly (string Body, string Instead)[] NoLists =
    [
        ("{}", "an object without a kind"),
        ("[]", "JSON that is not an object"),
        ("null", "JSON that is not an object"),
        ("\"PodList\"", "JSON that is not an object"),
        ("", "not JSON"),
        ("<html><body>Sign in</body></html>", "not JSON"),
        ("""{"kind":"PodList","items":[]}}""", "not JSON"),
        ("""{"items":[]}""", "an object without a kind"),
        ("""{"kind":["PodList"],"items":[]}""", "an object without a kind"),
        ("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}""", "kind Status (v1)"),
        ("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{}}""", "kind ConfigMap (v1)"),
        ("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"items":[]}""", "kind Pod (v1)"),
        ("""{"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":[]}""", "kind ConfigMapList (v1)"),
        ("""{"kind":"List","apiVersion":"v1","metadata":{},"items":[]}""", "kind List (v1)"),
        ("""{"kind":"PodList","apiVersion":"apps/v1","metadata":{},"items":[]}""", "kind PodList (apps/v1)"),
        ("""{"kind":"APIResourceList","groupVersion":"v1","resources":[]}""", "kind APIResourceList"),
        ("""{"kind":"PodList","apiVersion":"v1","metadata":{}}""", "without items"),
        ("""{"kind":"PodList","apiVersion":"v1","metadata":{},"items":null}""", "items are null"),
        ("""{"kind":"PodList","apiVersion":"v1","metadata":{},"items":{}}""", "items are an object"),
        ("""{"kind":"PodList","apiVersion":"v1","metadata":{},"items":"none"}""", "items are a string"),
        ("""{"kind":"PodList","apiVersion":"v1","metadata":{},"items":0}""", "items are a number"),
        ("""{"kind":"PodList","apiVersion":"v1","metadata":{},"items":false}""", "items are a Boolean"),
        ("""{"kind":"PodList","items":[],"metadata":{},"items":[]}""", "'items' is duplicated"),
        ("""{"kind":"PodList","items":[],"kind":"Status"}""", "'kind' is duplicated"),
        ("""{"kind":"PodList","items":[1]}""", "an item that is not an object"),
        ("""{"kind":"PodList","items":[null]}""", "an item that is not an object"),
        ("""{"kind":"PodList","items":[[]]}""", "an item that is not an object"),
        ("""{"kind":"PodList","items":[{}]}""", "without metadata"),
        ("""{"kind":"PodList","items":[{"metadata":null}]}""", "without metadata"),
        ("""{"kind":"PodList","items":[{"metadata":["a"]}]}""", "without metadata"),
        ($$"""{"kind":"PodList","items":[{{Item}},{"kind":"Secret","metadata":{"name":"b"} }]}""", "kind Secret"),
        ("""{"kind":"PodList","items":[{"kind":"Pod","apiVersion":"apps/v1","metadata":{"name":"b"}}]}""", "kind Pod (apps/v1)"),
        ("""{"kind":"PodList","metadata":[],"items":[]}""", "metadata"),
        ("""{"kind":"PodList","metadata":{"continue":7},"items":[]}""", "continue"),
        ("""{"kind":"PodList","metadata":{"continue":{"token":"x"}},"items":[]}""", "continue"),
        ("""{"kind":"PodList","metadata":{"remainingItemCount":3},"items":[]}""", "remainingItemCount"),
    ];

    private static readonly Dictionary<string, Func<KubeConnection, Task>> Lists = new()
    {
        ["list"] = connection => CollectingProgress.AllAsync(connection.Objects.ListAsync(KubeResource.Pods)),
        ["list pods"] = connection => CollectingProgress.AllAsync(connection.ListPodsAsync()),
        ["list metadata"] = connection => CollectingProgress.AllAsync(connection.Objects.ListMetadataAsync(KubeResource.Pods)),
        ["watch"] = async connection => await connection.Objects.WatchAsync(KubeResource.Pods).GetAsyncEnumerator().MoveNextAsync(),
    };

    public static TheoryData<string, string, string> WrongLists
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var (body, instead) in NoLists)
            {
                foreach (var how in Lists.Keys)
                    data.Add(how, body, instead);
            }

            return data;
        }
    }

    public static TheoryData<string> WrongMessages => [.. Messages.Keys];

    private static Dictionary<string, (byte[] Body, string Instead)> Messages { get; } = new()
    {
        ["another kind"] = (MetadataMessages.Envelope("v1", "Status", []), "kind Status (v1)"),
        ["a single object"] = (MetadataMessages.Envelope("meta.k8s.io/v1", "PartialObjectMetadata", []), "kind PartialObjectMetadata (meta.k8s.io/v1)"),
        ["another version"] = (MetadataMessages.Envelope("meta.k8s.io/v2", "PartialObjectMetadataList", []), "kind PartialObjectMetadataList (meta.k8s.io/v2)"),
        ["no kind"] = (MetadataMessages.Envelope(null, null, []), "without a kind"),
        ["an empty kind"] = (MetadataMessages.Envelope("", "", []), "without a kind"),
        ["no magic"] = (MetadataMessages.Envelope("meta.k8s.io/v1", "PartialObjectMetadataList", [])[4..], "not protobuf"),
        ["nothing"] = ([], "incomplete"),
        ["magic alone"] = ([.. "k8s\0"u8], "incomplete"),
        ["a type alone"] = (MetadataMessages.Envelope("meta.k8s.io/v1", "PartialObjectMetadataList", [])[..49], "incomplete"),
        ["half a list"] = (MetadataMessages.List([Named("a"), Named("b")])[..^40], "incomplete"),
        ["a list that is a number"] = (Raw(output => Number(output, 2, 0)), "wire type"),
        ["two lists"] = (Raw(output =>
        {
            MetadataMessages.Bytes(output, 2, Listing(Named("a")));
            MetadataMessages.Bytes(output, 2, []);
        }), "duplicated"),
        ["an item that is a number"] = (ListOf(output => Number(output, 2, 5)), "wire type"),
        ["an item without metadata"] = (ListOf(output => MetadataMessages.Bytes(output, 2, [])), "without metadata"),
        ["metadata that is a number"] = (ListOf(output => MetadataMessages.Bytes(output, 2, MetadataMessages.Message(item => Number(item, 1, 5)))), "wire type"),
        ["a name that is a number"] = (ListOf(output => MetadataMessages.Bytes(output, 2, MetadataMessages.Message(item => MetadataMessages.Bytes(item, 1, MetadataMessages.Message(metadata => Number(metadata, 1, 5)))))), "wire type"),
        ["a continue that is a number"] = (ListOf(output => MetadataMessages.Bytes(output, 1, MetadataMessages.Message(metadata => Number(metadata, 3, 5)))), "wire type"),
        ["list metadata that is a number"] = (ListOf(output => Number(output, 1, 5)), "wire type"),
        ["annotations that are a number"] = (ListOf(output => MetadataMessages.Bytes(output, 2, MetadataMessages.Message(item => MetadataMessages.Bytes(item, 1, MetadataMessages.Message(metadata => Number(metadata, 12, 5)))))), "wire type"),
        ["an encoded list"] = (
            [.. "k8s\0"u8, .. MetadataMessages.Message(output =>
            {
                WriteType(output);
                MetadataMessages.Bytes(output, 2, []);
                MetadataMessages.Text(output, 3, "gzip");
            })], "content encoding"),
    };

    [Theory]
    [MemberData(nameof(WrongLists))]
    public async Task An_unexpected_response_to_a_list_is_an_error_and_not_an_empty_list(string how, string body, string instead)
    {
        using var api = await FaultyApi.OpenAsync(_ => new Response(200, body is ['<', ..] ? "text/html" : "application/json", body));

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Lists[how](api.Connection));

        AssertNames(api, error, "/api/v1/namespaces/shop/pods?limit=500", instead);
    }

    [Theory]
    [MemberData(nameof(WrongMessages))]
    public async Task An_unexpected_protobuf_response_to_a_list_is_an_error_and_not_an_empty_list(string what)
    {
        var (body, instead) = Messages[what];
        using var api = await FaultyApi.OpenAsync(_ => Protobuf(body));

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Lists["list metadata"](api.Connection));

        AssertNames(api, error, "/api/v1/namespaces/shop/pods?limit=500", instead);
    }

    [Fact]
    public async Task A_list_of_a_custom_resource_has_the_kind_of_its_objects()
    {
        var widgets = new KubeResource("example.org", "v1", "widgets", "Widget");
        using var api = await FaultyApi.OpenAsync(
            Response.Json("""{"apiVersion":"example.org/v1","items":[{"apiVersion":"example.org/v1","kind":"Widget","metadata":{"name":"a"}}],"kind":"WidgetList","metadata":{"continue":"","resourceVersion":"1"}}"""),
            Response.Json("""{"apiVersion":"example.org/v1","items":[],"kind":"GadgetList","metadata":{}}"""));

        Assert.Single(await CollectingProgress.AllAsync(api.Objects.ListAsync(widgets)));
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => CollectingProgress.AllAsync(api.Objects.ListAsync(widgets)));

        AssertNames(api, error, "/apis/example.org/v1/namespaces/shop/widgets?limit=500", "kind GadgetList (example.org/v1)");
    }

    [Fact]
    public async Task If_a_metadata_list_has_null_items_the_full_list_is_read()
    {
        // An API server writes null for an empty list of metadata in JSON, and an empty array for an empty list of objects.
        var nothing = Response.Json("""{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},"items":null}""");
        using var api = await FaultyApi.OpenAsync(
            nothing, Response.Json("""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[]}"""),
            nothing, Response.Json($$"""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"8"},"items":[{{Item}}]}"""),
            nothing, nothing);

        Assert.Empty(await CollectingProgress.AllAsync(api.Objects.ListMetadataAsync(KubeResource.Pods)));
        Assert.Equal("a", Assert.Single(await CollectingProgress.AllAsync(api.Objects.ListMetadataAsync(KubeResource.Pods))).Name);
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => CollectingProgress.AllAsync(api.Objects.ListMetadataAsync(KubeResource.Pods)));

        AssertNames(api, error, "/api/v1/namespaces/shop/pods?limit=500", "items are null");
        Assert.Equal("application/json", api.Requests[^1].Headers["Accept"]);
    }

    [Theory]
    [InlineData("""{"type":"ADDED","object":{"kind":"Secret","apiVersion":"v1","metadata":{"name":"b","uid":"u-2","resourceVersion":"8"}}}""", "kind Secret (v1)")]
    [InlineData("""{"type":"DELETED","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}}""", "kind Status (v1)")]
    [InlineData("""{"type":"BOOKMARK","object":{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"9"}}}""", "kind PodList (v1)")]
    [InlineData("""{"type":"DELETED","object":{}}""", "without metadata")]
    [InlineData("""{"type":"ADDED","object":null}""", "not an object")]
    [InlineData("""{"type":"ADDED"}""", "without an object")]
    [InlineData("""{"type":"GONE","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"b","uid":"u-2","resourceVersion":"8"}}}""", "unknown type")]
    [InlineData("""{"type":7,"object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"b","uid":"u-2","resourceVersion":"8"}}}""", "without a type")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"b","uid":"u-2","resourceVersion":"8"}}""", "without a type")]
    [InlineData("<html>", "not JSON")]
    public async Task An_unexpected_event_of_a_watch_is_an_error(string line, string instead)
    {
        var watches = 0;
        using var api = await FaultyApi.OpenAsync(request =>
        {
            if (!FakeStore.IsWatch(request))
                return Response.Json($$"""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{{Item}}]}""");
            watches++;
            return Response.Json($"{line}\n");
        });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(async () =>
        {
            await foreach (var happened in api.Objects.WatchAsync(KubeResource.Pods))
                Assert.Equal("Added a", $"{happened.Type} {happened.Object.Name}");
        });

        AssertNames(api, error, "/api/v1/namespaces/shop/pods?watch=true&allowWatchBookmarks=true&resourceVersion=7", instead);
        Assert.Equal(5, watches);
    }

    [Theory]
    [InlineData("{}", "without metadata")]
    [InlineData("[]", "not an object")]
    [InlineData("""{"metadata":[]}""", "without metadata")]
    [InlineData("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"}}""", "kind ConfigMap (v1)")]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}""", "kind Status (v1)")]
    [InlineData("""{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}""", "kind PodList (v1)")]
    [InlineData("""{"kind":"Pod","apiVersion":"v2","metadata":{"name":"a"}}""", "kind Pod (v2)")]
    [InlineData("""{"kind":7,"metadata":{"name":"a"}}""", "without a kind")]
    [InlineData("<html>", "not JSON")]
    [InlineData("", "not JSON")]
    public async Task An_unexpected_object_is_an_error(string body, string instead)
    {
        Func<KubeConnection, Task>[] requests =
        [
            connection => connection.Objects.GetAsync(KubeResource.Pods, "a"),
            connection => connection.GetPodAsync("a"),
            connection => connection.Objects.CreateAsync(KubeResource.Pods, KubeObject.Parse("{}")),
            connection => connection.Objects.PatchAsync(KubeResource.Pods, "a", KubePatch.Json("[]")),
            connection => connection.Objects.PatchStatusAsync(KubeResource.Pods, "a", KubePatch.Json("[]")),
        ];
        foreach (var request in requests)
        {
            using var api = await FaultyApi.OpenAsync(Response.Json(body));
            var error = await Assert.ThrowsAsync<KubeConnectionException>(() => request(api.Connection));
            AssertNames(api, error, api.Requests[0].Path, instead);
        }
    }

    [Theory]
    [InlineData("<html>", "not JSON")]
    [InlineData("[]", "not an object")]
    [InlineData("""{"kind":"Secret","apiVersion":"v1","metadata":{"name":"a"}}""", "kind Secret (v1)")]
    [InlineData("""{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}""", "kind PodList (v1)")]
    [InlineData("""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound"}""", "a failure")]
    public async Task A_deletion_that_is_not_confirmed_is_an_error(string body, string instead)
    {
        using var api = await FaultyApi.OpenAsync(Response.Json(body));

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => api.Objects.DeleteAsync(KubeResource.Pods, "a"));

        AssertNames(api, error, "/api/v1/namespaces/shop/pods/a", instead);
    }

    [Theory]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}""")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","deletionTimestamp":"2026-01-02T03:04:05Z"}}""")]
    public async Task A_deletion_is_confirmed_by_a_status_or_by_the_object(string body)
    {
        using var api = await FaultyApi.OpenAsync(Response.Json(body));
        await api.Objects.DeleteAsync(KubeResource.Pods, "a");
        Assert.Single(api.Requests);
    }

    [Theory]
    [InlineData("""{"kind":"Status","apiVersion":"v1","status":"Success"}""", "kind Status (v1)")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","status":{"allowed":true,"token":"x"}}""", "kind Pod (v1)")]
    [InlineData("""{"status":"Success"}""", "without a status")]
    [InlineData("""{"status":{}}""", "without")]
    [InlineData("[]", "not an object")]
    [InlineData("<html>", "not JSON")]
    public async Task An_unexpected_review_or_token_response_is_an_error(string body, string instead)
    {
        Func<KubeObjectClient, Task>[] requests =
        [
            client => client.ReviewAccessAsync(new AccessQuestion("list", KubeResource.Pods)),
            client => client.CreateTokenAsync("a"),
        ];
        foreach (var request in requests)
        {
            using var api = await FaultyApi.OpenAsync(Response.Json(body));
            var error = await Assert.ThrowsAsync<KubeConnectionException>(() => request(api.Objects));
            AssertNames(api, error, api.Requests[0].Path, instead);
        }
    }

    [Fact]
    public async Task An_unexpected_response_is_described_without_secrets_and_without_an_invalid_kind()
    {
        const string Token = "canary-token-4711";
        foreach (var kind in new[] { Token, "\\u001b[31mPod", "::error::x", new string('x', 10_000) })
        {
            using var server = new TlsServer(TestServer.Kubernetes(_ => Response.Json($$"""{"kind":"{{kind}}","apiVersion":"{{kind}}","items":[]}""")));
            using var connection = await KubeConnection.OpenAsync(server.Settings with { Token = new SensitiveString(Token) });
            var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Lists["list"](connection));
            Assert.Equal(KubeConnectionFailure.NotKubernetes, error.Reason);
            Assert.DoesNotContain("canary", $"{error}", StringComparison.Ordinal);
            Assert.DoesNotContain("error::", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', error.Message);
            Assert.InRange(error.Message.Length, 1, 400);
        }
    }

    private static void AssertNames(FaultyApi api, KubeConnectionException error, string path, string instead)
    {
        Assert.Equal(KubeConnectionFailure.NotKubernetes, error.Reason);
        Assert.StartsWith($"The server at {api.Connection.Server} does not respond like a Kubernetes API server: ", error.Message, StringComparison.Ordinal);
        Assert.Contains($" {path} ", error.Message, StringComparison.Ordinal);
        Assert.Contains(instead, error.Message, StringComparison.Ordinal);
    }

    private static ObjectMetadata Named(string name) => new() { Kind = "Pod", Namespace = "shop", Name = name, Uid = $"of-{name}" };

    private static byte[] Listing(ObjectMetadata item) =>
        MetadataMessages.Message(output => MetadataMessages.Bytes(output, 2, MetadataMessages.Message(partial => MetadataMessages.Bytes(partial, 1, MetadataMessages.Metadata(item)))));

    private static byte[] ListOf(Action<CodedOutputStream> write) => MetadataMessages.Envelope("meta.k8s.io/v1", "PartialObjectMetadataList", MetadataMessages.Message(write));

    private static byte[] Raw(Action<CodedOutputStream> write) => [.. "k8s\0"u8, .. MetadataMessages.Message(output =>
    {
        WriteType(output);
        write(output);
    })];

    private static void WriteType(CodedOutputStream output) => MetadataMessages.Bytes(output, 1, MetadataMessages.Message(type =>
    {
        MetadataMessages.Text(type, 1, "meta.k8s.io/v1");
        MetadataMessages.Text(type, 2, "PartialObjectMetadataList");
    }));

    private static void Number(CodedOutputStream output, int field, long number)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(number);
    }

    private static Response Protobuf(byte[] body) => Response.Json("") with
    {
        Raw = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {ProtobufMetadataReader.MediaType}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body],
    };
}
