using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Kubernetes;

public class RestartTests
{
    [Fact]
    public async Task An_API_server_that_is_killed_and_restarted_during_a_list_and_a_watch_loses_nothing()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        for (var i = 0; i < 20; i++)
            await TestCluster.CreatePodAsync(@namespace, $"pod-{i:d2}");
        using var server = new TestApiServer();
        await server.StartAsync();

        // The limit allows for a slow start of the server.
        var policy = new KubeRetryPolicy { Jitter = () => 1, LongestWait = TimeSpan.FromSeconds(1), Attempts = 60 };
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Namespace = @namespace }, policy, CancellationToken.None);
        await using var events = connection.WatchPodsAsync().GetAsyncEnumerator();
        await using var list = connection.ListPodsAsync(new KubeQuery { PageSize = 5 }).GetAsyncEnumerator();
        for (var i = 0; i < 20; i++)
            Assert.True(await events.MoveNextAsync());
        Assert.True(await list.MoveNextAsync());
        var listed = new List<string> { list.Current.Name };
        var next = events.MoveNextAsync();
        await TestCluster.CreatePodAsync(@namespace, "before");
        Assert.True(await next);
        Assert.Equal((KubeEventType.Added, "before"), (events.Current.Type, events.Current.Pod.Name));

        server.Kill();
        await TestCluster.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{@namespace}/pods/pod-03");
        await TestCluster.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{@namespace}/pods/pod-04");
        await TestCluster.CreatePodAsync(@namespace, "pod-04");
        var restart = server.StartAsync();
        while (await list.MoveNextAsync())
            listed.Add(list.Current.Name);
        var reported = new List<string>();
        while (reported.Count < 3 && await events.MoveNextAsync())
            reported.Add($"{events.Current.Type} {events.Current.Pod.Name}");
        await restart;
        await TestCluster.CreatePodAsync(@namespace, "late");
        Assert.True(await events.MoveNextAsync());

        // All pages have the resource version of the first page.
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"pod-{i:d2}"), listed);
        Assert.Equal(["Added pod-04", "Deleted pod-03", "Deleted pod-04"], reported.Order(StringComparer.Ordinal));
        Assert.Equal((KubeEventType.Added, "late"), (events.Current.Type, events.Current.Pod.Name));
    }
}
