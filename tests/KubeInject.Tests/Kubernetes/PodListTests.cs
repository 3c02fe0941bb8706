using System.Globalization;
using FsCheck.Fluent;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

public class PodListTests
{
    [Theory]
    [InlineData(null, false, null, null, "/api/v1/namespaces/shop/pods?limit=500")]
    [InlineData("other", false, null, null, "/api/v1/namespaces/other/pods?limit=500")]
    [InlineData("other", true, null, null, "/api/v1/pods?limit=500")]
    [InlineData(null, false, "app=a,b!=c", "status.phase=Running", "/api/v1/namespaces/shop/pods?labelSelector=app%3Da%2Cb%21%3Dc&fieldSelector=status.phase%3DRunning&limit=500")]
    public async Task A_query_becomes_a_path(string? @namespace, bool all, string? labels, string? fields, string path)
    {
        using var server = new TestServer(TestServer.Kubernetes(_ => Response.Json("""{"kind":"PodList","items":[]}""")));
        using var connection = await OpenAsync(server);
        await ListAsync(connection, new KubeQuery { Namespace = @namespace, AllNamespaces = all, LabelSelector = labels, FieldSelector = fields });
        Assert.Equal(path, server.Requests[^1].Path);
    }

    [Fact]
    public void Pages_and_expired_continue_tokens_neither_lose_nor_repeat_a_pod() =>
        Prop.ForAll(
            Gen.Choose(0, 12).SelectMany(count => Gen.Choose(1, 5).SelectMany(size => Gen.Elements(true, false).ListOf(8).Select(expiries => (count, size, expiries)))).ToArbitrary(),
            input => RunAsync(input.count, input.size, [.. input.expiries]).GetAwaiter().GetResult()).CheckSeeded();

    [Fact]
    public async Task Pages_are_requested_one_at_a_time_when_they_are_needed()
    {
        using var server = new TestServer(Paged(10, []));
        using var connection = await OpenAsync(server);
        await using var pods = connection.ListPodsAsync(new KubeQuery { PageSize = 3 }).GetAsyncEnumerator();
        for (var i = 0; i < 3; i++)
            Assert.True(await pods.MoveNextAsync());
        Assert.Equal(1, server.Requests.Count(request => request.Path.Contains("limit=3", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_list_that_expires_repeatedly_ends_with_the_error()
    {
        using var server = new TestServer(TestServer.Kubernetes(request => request.Path.Contains("continue", StringComparison.Ordinal)
            ? Response.Error(410, "Expired", "too old")
            : Response.Json("""{"kind":"PodList","metadata":{"continue":"1"},"items":[{"metadata":{"uid":"a"}}]}""")));
        using var connection = await OpenAsync(server);
        var error = await Assert.ThrowsAsync<KubeApiException>(() => ListAsync(connection));
        Assert.Equal((410, KubeApiReason.Expired), (error.StatusCode, error.Reason));
    }

    [Fact]
    public async Task Pods_without_a_uid_are_all_kept()
    {
        using var server = new TestServer(TestServer.Kubernetes(_ => Response.Json("""{"kind":"PodList","items":[{"metadata":{}},{"metadata":{"uid":""}}]}""")));
        using var connection = await OpenAsync(server);
        Assert.Equal(2, (await ListAsync(connection)).Count);
    }

    [Fact]
    public async Task A_list_can_be_canceled_between_pods()
    {
        using var server = new TestServer(Paged(4, []));
        using var connection = await OpenAsync(server);
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var pod in connection.ListPodsAsync(new KubeQuery { PageSize = 1 }, cancellation.Token))
            {
                Assert.Equal("p0", pod.Name);
                await cancellation.CancelAsync();
            }
        });
    }

    private static async Task<bool> RunAsync(int count, int size, bool[] expiries)
    {
        using var server = new TestServer(Paged(count, expiries));
        using var connection = await OpenAsync(server);
        var pods = await ListAsync(connection, new KubeQuery { PageSize = size });
        return pods.Select(pod => pod.Name).SequenceEqual(Enumerable.Range(0, count).Select(i => $"p{i}"));
    }

    /// <summary>
    /// Serves this number of pods in pages. The specified responses tell, for each request with a continue token, whether the token has
    /// expired. Requests that repeat pages from before a restart are not counted, because they follow immediately.
    /// </summary>
    private static Func<Request, Response> Paged(int count, bool[] expiries)
    {
        var (continued, served, hasNews) = (0, 0, false);
        return TestServer.Kubernetes(request =>
        {
            var query = request.Path.Split('?')[1].Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
            if (!query.TryGetValue("continue", out var start))
                hasNews = false;
            else if (hasNews && continued < expiries.Length && expiries[continued++])
                return Response.Error(410, "Expired", "too old");
            var end = Math.Min(count, start + query["limit"]);
            hasNews |= end > served;
            served = Math.Max(served, end);
            var items = Enumerable.Range(start, end - start).Select(i => $$$"""{"metadata":{"name":"p{{{i}}}","uid":"u{{{i}}}"}}""");
            var next = end < count ? $"{end}" : "";
            return Response.Json($$$"""{"kind":"PodList","metadata":{"continue":"{{{next}}}"},"items":[{{{string.Join(',', items)}}}]}""");
        });
    }

    private static Task<KubeConnection> OpenAsync(TestServer server) => KubeConnection.OpenAsync(new ConnectionSettings { Server = server.Http, Namespace = "shop" });

    private static async Task<List<Pod>> ListAsync(KubeConnection connection, KubeQuery? query = null)
    {
        var pods = new List<Pod>();
        await foreach (var pod in connection.ListPodsAsync(query))
            pods.Add(pod);
        return pods;
    }
}
