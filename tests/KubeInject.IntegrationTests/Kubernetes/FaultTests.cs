using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using static KubeInject.IntegrationTests.Kubernetes.FaultProxy;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>The real API server through a proxy that simulates faults.</summary>
public class FaultTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700)]
    public async Task A_connection_reset_during_a_list_loses_no_pod(int cutAfter)
    {
        var @namespace = await PodsAsync(12);
        var seen = new HashSet<string>();
        using var proxy = new FaultProxy(request => IsList(request) && seen.Add(request.Path) ? new Fault { CutAfter = cutAfter } : null);
        using var connection = await proxy.OpenAsync(@namespace);
        Assert.Equal(Names(12), (await ListAsync(connection, 5)).Select(pod => pod.Name));
        Assert.Equal(3, seen.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(10_000)]
    public async Task An_HTTP_2_connection_that_is_cut_during_a_list_loses_no_pod(int bytes)
    {
        var @namespace = await PodsAsync(40);
        using var relay = new TcpRelay();
        using var connection = await OpenAsync(relay, @namespace);
        var requests = 0;
        connection.RequestCompleted += _ => requests++;
        relay.CutAfter(bytes);
        Assert.Equal(Names(40), (await ListAsync(connection)).Select(pod => pod.Name));
        Assert.Equal(2, requests);
    }

    [Fact]
    public async Task A_pod_that_might_have_been_created_is_not_created_again()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        var posts = 0;
        using var proxy = new FaultProxy(request => request.Path.Contains("/pods", StringComparison.Ordinal) && request.Method == "POST" && ++posts > 0 ? new Fault { CutAfter = 0 } : null);
        using var connection = await proxy.OpenAsync(@namespace);
        var pod = KubeObject.Parse("""{"metadata":{"generateName":"a-"},"spec":{"containers":[{"name":"app","image":"app"}]}}""");
        await Assert.ThrowsAsync<KubeConnectionException>(() => connection.Objects.CreateAsync(KubeResource.Pods, pod));
        Assert.Equal(1, posts);
        Assert.Single(await ListAsync(connection));
    }

    [Fact]
    public async Task A_truncated_document_is_a_clear_error()
    {
        var @namespace = await PodsAsync(3);
        using var proxy = new FaultProxy(request => request.Path.Contains("/pods", StringComparison.Ordinal) ? new Fault { EndAfter = 500 } : null);
        using var connection = await proxy.OpenAsync(@namespace);
        Assert.Equal(KubeConnectionFailure.NotKubernetes, (await Assert.ThrowsAsync<KubeConnectionException>(() => ListAsync(connection))).Reason);
        Assert.Equal(KubeConnectionFailure.NotKubernetes, (await Assert.ThrowsAsync<KubeConnectionException>(() => connection.GetPodAsync("pod-00"))).Reason);
    }

    [Fact]
    public async Task A_request_to_a_busy_server_is_retried_after_Retry_After()
    {
        var @namespace = await PodsAsync(12);
        var busy = 4;
        using var proxy = new FaultProxy(request => IsList(request) && busy-- > 0 ? Fault.Error(429, "TooManyRequests", "Retry-After: 0") : null);
        using var connection = await proxy.OpenAsync(@namespace);
        Assert.Equal(12, (await ListAsync(connection, 5)).Count);
    }

    [Fact]
    public async Task A_busy_server_without_Retry_After_is_an_error()
    {
        using var proxy = new FaultProxy(request => IsList(request) ? Fault.Error(429, "TooManyRequests") : null);
        using var connection = await proxy.OpenAsync("default");
        Assert.Equal(KubeApiReason.TooManyRequests, (await Assert.ThrowsAsync<KubeApiException>(() => ListAsync(connection))).Reason);
    }

    [Fact]
    public async Task Repeated_500_responses_end_a_list_with_an_error_but_not_a_watch()
    {
        var @namespace = await PodsAsync(1);
        var burst = 0;
        using var proxy = new FaultProxy(request => request.Path.Contains("/pods", StringComparison.Ordinal) && burst-- > 0 ? Fault.Error(500, "InternalError") : null);
        using var connection = await proxy.OpenAsync(@namespace);
        burst = 1;
        Assert.Equal(KubeApiReason.InternalError, (await Assert.ThrowsAsync<KubeApiException>(() => ListAsync(connection))).Reason);
        await using var events = connection.WatchPodsAsync().GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        burst = 8;
        await TestCluster.CreatePodAsync(@namespace, "late");
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("late", true), (events.Current.Pod.Name, burst < 0));
    }

    [Fact]
    public async Task A_watch_that_receives_410_lists_again_and_reports_every_deletion_once()
    {
        var @namespace = await PodsAsync(3);
        var watches = 0;
        using var proxy = new FaultProxy(request =>
        {
            if (!request.Path.Contains("watch=true", StringComparison.Ordinal) || ++watches > 1)
                return null;
            TestCluster.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{@namespace}/pods/pod-01").GetAwaiter().GetResult();
            return Fault.Error(410, "Expired");
        });
        using var connection = await proxy.OpenAsync(@namespace);
        await using var events = connection.WatchPodsAsync().GetAsyncEnumerator();
        var reported = new List<string>();
        while (reported.Count < 4 && await events.MoveNextAsync())
            reported.Add($"{events.Current.Type} {events.Current.Pod.Name}");
        await TestCluster.CreatePodAsync(@namespace, "late");
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(["Added pod-00", "Added pod-01", "Added pod-02", "Deleted pod-01", "Added late"], [.. reported, $"{events.Current.Type} {events.Current.Pod.Name}"]);
    }

    [Fact]
    public async Task A_watch_that_is_cut_a_hundred_times_reports_every_created_and_deleted_pod()
    {
        const int Cuts = 100;
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var relay = new TcpRelay();
        using var connection = await OpenAsync(relay, @namespace);
        using var direct = await TestCluster.OpenAsync(@namespace: @namespace);
        var watch = CountAsync(connection, "last");
        for (var cut = 0; cut < Cuts; cut++)
        {
            // A watch that ends too early fails the test instead of blocking it.
            await await Task.WhenAny(relay.ConnectionAsync(), watch);
            await CreateAsync(direct, $"pod-{cut}");
            if (cut > 1)
                await direct.Objects.DeleteAsync(KubeResource.Pods, $"pod-{cut - 2}");
            relay.Cut();
        }

        await CreateAsync(direct, "last");
        var reported = await watch;
        var left = new[] { $"pod-{Cuts - 1}", $"pod-{Cuts - 2}", "last" };
        Assert.All(reported.Keys.Where(key => key.Type == KubeEventType.Deleted), key => Assert.DoesNotContain(key.Name, left));

        // The server keeps its history for longer than the test, so no event is missed.
        Assert.Equal(
            Enumerable.Range(0, Cuts - 2).Select(i => $"pod-{i}").Order(StringComparer.Ordinal),
            reported.Keys.Where(key => key.Type == KubeEventType.Deleted).Select(key => key.Name).Order(StringComparer.Ordinal));
        Assert.All(reported, pair => Assert.Equal(1, pair.Value));
    }

    private static bool IsList(Request request) => request.Path.Contains("/pods?", StringComparison.Ordinal) && request.Path.Contains("limit=", StringComparison.Ordinal);

    private static Task<KubeConnection> OpenAsync(TcpRelay relay, string @namespace) => KubeConnection.OpenAsync(
        TestCluster.Context("admin") with { Server = relay.Server, Namespace = @namespace },
        new KubeRetryPolicy { FirstWait = TimeSpan.FromMilliseconds(1) },
        CancellationToken.None);

    private static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => $"pod-{i:d2}");

    private static async Task<string> PodsAsync(int count)
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        foreach (var name in Names(count))
            await TestCluster.CreatePodAsync(@namespace, name);
        return @namespace;
    }

    private static Task<KubeObject> CreateAsync(KubeConnection connection, string name) => connection.Objects.CreateAsync(
        KubeResource.Pods, KubeObject.Parse($$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"containers":[{"name":"app","image":"app"}]}}"""));

    private static async Task<List<Pod>> ListAsync(KubeConnection connection, int pageSize = 500)
    {
        var pods = new List<Pod>();
        await foreach (var pod in connection.ListPodsAsync(new KubeQuery { PageSize = pageSize }))
            pods.Add(pod);
        return pods;
    }

    /// <summary>Counts events until an event of the specified pod.</summary>
    private static async Task<Dictionary<(KubeEventType Type, string Name), int>> CountAsync(KubeConnection connection, string last)
    {
        var counts = new Dictionary<(KubeEventType Type, string Name), int>();
        await foreach (var happened in connection.WatchPodsAsync())
        {
            var key = (happened.Type, happened.Pod.Name);
            counts[key] = counts.GetValueOrDefault(key) + 1;
            if (happened.Pod.Name == last)
                break;
        }

        return counts;
    }
}
