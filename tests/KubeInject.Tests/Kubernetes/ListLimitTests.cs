using System.Globalization;
using System.Text;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Client.Metadata;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using Microsoft.Extensions.Time.Testing;
using static KubeInject.Tests.Kubernetes.ResponseLimitFixture;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>A list has a limit of objects, pages and time.</summary>
public sealed class ListLimitTests
{
    [Theory]
    [InlineData("list", 1)]
    [InlineData("list", 3)]
    [InlineData("list pods", 2)]
    [InlineData("list metadata", 1)]
    [InlineData("list metadata", 4)]
    [InlineData("watch", 1)]
    [InlineData("watch", 3)]
    public async Task A_list_whose_continue_tokens_repeat_is_an_error(string how, int length)
    {
        var pages = 0;
        using var api = await FaultyApi.OpenAsync(_ => Page(next: $"page-{pages++ % length}", $"pod-{pages}"));

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Lists[how](api.Connection));

        AssertLimit(api, error, "the list is circular");
        Assert.Equal(length + 1, pages);
    }

    [Theory]
    [InlineData("list metadata")]
    public async Task A_protobuf_list_whose_continue_tokens_repeat_is_an_error(string how)
    {
        using var api = await FaultyApi.OpenAsync(_ => Protobuf(MetadataMessages.List([new ObjectMetadata { Kind = "Pod", Name = "a" }], "again")));
        AssertLimit(api, await Assert.ThrowsAsync<KubeConnectionException>(() => Lists[how](api.Connection)), "the list is circular");
        Assert.Equal(2, api.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(ListNames), MemberType = typeof(ResponseLimitFixture))]
    public async Task A_list_that_expires_after_each_page_is_an_error(string how)
    {
        var pods = 0;
        using var api = await FaultyApi.OpenAsync(request => request.Path.Contains("continue=", StringComparison.Ordinal)
            ? Response.Error(410, "Expired", "The provided continue parameter is too old.")
            : Page(next: "more", $"pod-{pods++}"));

        var error = await Assert.ThrowsAsync<KubeApiException>(() => Lists[how](api.Connection));

        Assert.Equal((410, KubeApiReason.Expired), (error.StatusCode, error.Reason));
        Assert.Equal(
            $"The list {ListPath} of {api.Connection.Server} was restarted 10 times, because its continue token had expired (The provided continue parameter is too old). List fewer objects at a time (specify a namespace or a selector), or run the command again when the server is less busy.",
            error.Message);
        Assert.Equal(1 + 10, pods);
    }

    [Theory]
    [MemberData(nameof(ListNames), MemberType = typeof(ResponseLimitFixture))]
    public async Task A_list_that_continues_without_objects_is_an_error(string how)
    {
        var pages = 0;
        using var api = await FaultyApi.OpenAsync(_ => Page(next: $"page-{++pages}"));

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Lists[how](api.Connection));

        AssertLimit(api, error, "the list continues after 100 pages without an object");
        Assert.Equal(101, pages);
    }

    [Theory]
    [MemberData(nameof(ListNames), MemberType = typeof(ResponseLimitFixture))]
    public async Task The_number_of_objects_in_a_list_is_limited(string how)
    {
        var pages = 0;
        using var api = await OpenAsync(_ => Page(next: $"page-{++pages}", $"a-{pages}", $"b-{pages}"), new ResponseLimits { MaxListObjects = 50 });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Lists[how](api.Connection));

        AssertLimit(api, error, "the list has more than 50 objects");
        Assert.Equal(26, pages);
    }

    [Theory]
    [MemberData(nameof(ListNames), MemberType = typeof(ResponseLimitFixture))]
    public async Task The_duration_of_a_list_is_limited(string how)
    {
        var clock = new FakeTimeProvider();
        var pages = 0;
        using var api = await FaultyApi.OpenAsync(
            _ =>
            {
                clock.Advance(TimeSpan.FromSeconds(60));
                return Page(next: $"page-{++pages}", $"pod-{pages}");
            },
            new KubeRetryPolicy { Clock = clock });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Lists[how](api.Connection));

        AssertLimit(api, error, "the list takes longer than 3600 s");
        Assert.Equal(61, pages);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("list metadata")]
    public async Task The_time_that_the_caller_takes_is_not_counted(string how)
    {
        var clock = new FakeTimeProvider();
        var pages = 0;
        using var api = await FaultyApi.OpenAsync(_ => Page(next: ++pages < 5 ? $"page-{pages}" : "", $"pod-{pages}"), new KubeRetryPolicy { Clock = clock });
        var query = new KubeQuery { PageSize = 1 };
        var names = how == "list"
            ? api.Objects.ListAsync(KubeResource.Pods, query).Select(item => item.Name)
            : api.Objects.ListMetadataAsync(KubeResource.Pods, query).Select(item => item.Name);
        var found = 0;

        await foreach (var name in names)
        {
            found++;
            clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(5, found);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("list pods")]
    public async Task A_page_that_is_too_large_is_requested_in_smaller_pages_without_losing_objects(string how)
    {
        // 30 objects of 4 KiB each; a page can contain two of them.
        using var api = await OpenAsync(
            request =>
            {
                var query = System.Web.HttpUtility.ParseQueryString(request.Path.Split('?')[1]);
                var start = int.Parse(query["continue"] ?? "0", CultureInfo.InvariantCulture);
                var count = Math.Min(30 - start, int.Parse(query["limit"]!, CultureInfo.InvariantCulture));
                var items = Enumerable.Range(start, count).Select(i => $$$"""{"metadata":{"name":"pod-{{{i}}}","uid":"{{{i}}}"},"spec":{"filler":"{{{new string('x', 4096)}}}"}}""");
                return Response.Json($$$"""{"kind":"PodList","metadata":{"continue":"{{{(start + count < 30 ? start + count : "")}}}"},"items":[{{{string.Join(',', items)}}}]}""");
            },
            new ResponseLimits { MaxBodyBytes = 10_000 });
        var query = new KubeQuery { PageSize = 20 };

        var names = how == "list"
            ? (await CollectingProgress.AllAsync(api.Objects.ListAsync(KubeResource.Pods, query))).Select(item => item.Name)
            : (await CollectingProgress.AllAsync(api.Connection.ListPodsAsync(query))).Select(pod => pod.Name);

        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"pod-{i}"), names);
        Assert.Equal([$"{ListPath}?limit=20", $"{ListPath}?limit=2", $"{ListPath}?limit=2&continue=2"], api.Requests.Take(3).Select(request => request.Path));
    }

    private static Response Protobuf(byte[] body) => Response.Json("") with
    {
        Raw = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {ProtobufMetadataReader.MediaType}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body],
    };
}
