using System.Text;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Client.Metadata;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

public class MetadataListTests
{
    [Theory]
    [InlineData(false, "/api/v1/pods?limit=500")]
    [InlineData(true, "/api/v1/pods?limit=500&resourceVersion=0")]
    public async Task The_caller_decides_whether_the_cache_can_be_used(bool fromCache, string path)
    {
        using var api = await FaultyApi.OpenAsync(Protobuf([]));
        await ListAsync(api, new KubeQuery { AllNamespaces = true, FromCache = fromCache });
        Assert.Equal(path, api.Requests[^1].Path);
    }

    [Fact]
    public async Task A_protobuf_list_and_a_JSON_list_are_equal()
    {
        using var api = await FaultyApi.OpenAsync(
            Protobuf([Named("a")]), Response.Json("""{"kind":"PodList","items":[{"metadata":{"name":"a","namespace":"shop","uid":"of-a"},"spec":{"nodeName":"x"}}]}"""));
        Assert.Equal((await ListAsync(api)).Select(Describe), (await ListAsync(api)).Select(Describe));

        static string Describe(ObjectMetadata found) => $"{found} {found.Uid}";
    }

    [Fact]
    public async Task A_list_follows_continue_tokens_and_starts_again_if_one_expires()
    {
        using var api = await FaultyApi.OpenAsync(
            Protobuf([Named("a"), Named("b")], "next/page"), Response.Error(410, "Expired", "too old"),
            Protobuf([Named("b"), Named("c")], "again"), Protobuf([Named("a"), Named("d")]));
        Assert.Equal(["a", "b", "c", "d"], (await ListAsync(api, new KubeQuery { PageSize = 2, FromCache = true })).Select(found => found.Name));
        Assert.Equal("/api/v1/namespaces/shop/pods?limit=2&continue=next%2Fpage", api.Requests[1].Path);
        Assert.Equal("/api/v1/namespaces/shop/pods?limit=2&continue=again", api.Requests[^1].Path);
    }

    [Fact]
    public async Task An_error_is_requested_in_JSON_to_get_its_reason()
    {
        using var api = await FaultyApi.OpenAsync(request => request.Headers["Accept"].StartsWith("application/json", StringComparison.Ordinal)
            ? Response.Error(403, "Forbidden", "pods is forbidden")
            : new Response(403, ProtobufMetadataReader.MediaType, "k8s\0"));
        var error = await Assert.ThrowsAsync<KubeApiException>(() => ListAsync(api));
        Assert.Equal((403, KubeApiReason.Forbidden, "pods is forbidden"), (error.StatusCode, error.Reason, error.Message));
    }

    [Fact]
    public async Task A_truncated_list_is_not_a_short_list()
    {
        var whole = Protobuf([Named("a"), Named("b")]);
        using var api = await FaultyApi.OpenAsync(whole with { CutAfter = whole.Raw!.Length - 20 });
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => ListAsync(api));
        Assert.Equal(KubeConnectionFailure.Unreachable, error.Reason);
    }

    [Fact]
    public async Task A_response_that_is_not_a_list_is_an_error()
    {
        using var api = await FaultyApi.OpenAsync(Raw("nonsense"u8.ToArray()), Raw([.. "k8s\0"u8, 0xFF]), Response.Json("[]"), Response.Json(""));
        for (var i = 0; i < 4; i++)
        {
            var error = await Assert.ThrowsAsync<KubeConnectionException>(() => ListAsync(api));
            Assert.Equal(KubeConnectionFailure.NotKubernetes, error.Reason);
        }
    }

    [Fact]
    public async Task An_object_can_be_larger_than_the_initial_buffer()
    {
        var large = new ObjectMetadata { Kind = "Pod", Name = "a", Annotations = new Dictionary<string, string> { ["note"] = new string('x', 1_000_000) } };
        using var api = await FaultyApi.OpenAsync(Protobuf([large, Named("b")]));
        var found = await ListAsync(api);
        Assert.Equal((1_000_000, "b"), (found[0].Annotations["note"].Length, found[1].Name));
    }

    private static ObjectMetadata Named(string name) => new() { Kind = "Pod", Namespace = "shop", Name = name, Uid = $"of-{name}" };

    private static Response Protobuf(ObjectMetadata[] objects, string? next = null) => Raw(MetadataMessages.List(objects, next));

    private static Response Raw(byte[] body) => Response.Json("") with
    {
        Raw = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {ProtobufMetadataReader.MediaType}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body],
    };

    private static Task<List<ObjectMetadata>> ListAsync(FaultyApi api, KubeQuery? query = null) =>
        CollectingProgress.AllAsync(api.Objects.ListMetadataAsync(KubeResource.Pods, query));
}
