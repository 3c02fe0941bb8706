using KubeInject.Completion;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Tests.Kubernetes;

namespace KubeInject.Tests.Completion;

/// <summary>Suggestions request only metadata, page by page, and run no programs.</summary>
public sealed class ClusterSuggestionsTests
{
    [Fact]
    public async Task Lists_request_only_metadata_with_a_limit()
    {
        using var server = new TestServer(_ => List("orders"));
        using var connection = Connect(server);

        Assert.Equal(["orders"], await NamesAsync(new ClusterSuggestions(connection)));

        var request = Assert.Single(server.Requests);
        Assert.Equal("/api/v1/namespaces/shop/pods?limit=500", request.Path);
        Assert.StartsWith("application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList", request.Headers["Accept"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suggestions_contain_the_pages_that_arrived_in_time()
    {
        var clock = new ObservedTimeProvider();
        var end = Task.CompletedTask;
        using var server = new TestServer(request =>
        {
            if (!request.Path.Contains("continue=", StringComparison.Ordinal))
                return List("orders", next: "more");
            end = clock.EndWaitAsync();
            return List("web") with { NeverComes = true };
        });
        using var connection = Connect(server);

        var found = await new CompletionTimeout(CompletionTimeout.DefaultLimit, clock).TakeAsync(
            token => new ClusterSuggestions(connection).NamesAsync(KubeResource.Pods, new KubeQuery(), token), _ => true, 500);

        await end;
        Assert.Equal("orders", Assert.Single(found).Text);
    }

    [Fact]
    public async Task A_server_that_never_responds_is_abandoned_at_the_time_limit()
    {
        var clock = new ObservedTimeProvider();
        var end = Task.CompletedTask;
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new TestServer(_ =>
        {
            end = clock.EndWaitAsync();
            return List("orders") with { NeverComes = true };
        });
        using var connection = Connect(server);
        connection.RequestCompleted += _ => left.SetResult();

        Assert.Empty(await new CompletionTimeout(CompletionTimeout.DefaultLimit, clock).TakeAsync(
            token => new ClusterSuggestions(connection).NamesAsync(KubeResource.Pods, new KubeQuery(), token), _ => true, 500));

        await end;
        await left.Task;
    }

    [Fact]
    public async Task A_temporary_connection_is_closed_after_the_suggestions()
    {
        using var server = new TestServer(_ => List("orders"));
        ClusterSuggestions? kept = null;
        var found = new List<Suggestion>();

        await foreach (var one in ClusterSuggestions.OfAsync(() => Settings(server), Ask, CancellationToken.None))
            found.Add(one);

        Assert.Equal("orders", Assert.Single(found).Text);
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => NamesAsync(kept!));

        IAsyncEnumerable<Suggestion> Ask(ClusterSuggestions cluster)
        {
            kept = cluster;
            return cluster.NamesAsync(KubeResource.Pods, new KubeQuery());
        }
    }

    [Fact]
    public async Task A_credential_plugin_does_not_run()
    {
        using var server = new TestServer(_ => List("orders"));
        using var connection = new KubeConnection(
            new ConnectionSettings { Server = server.Https, Exec = new ExecPlugin { Command = "/does/not/exist" } }, KubeRetryPolicy.Default);
        var cluster = new ClusterSuggestions(connection);

        Assert.Empty(await NamesAsync(cluster));
        Assert.Empty(await CollectingProgress.AllAsync(cluster.WorkloadsAsync("", new KubeQuery())));
        Assert.Empty(await CollectingProgress.AllAsync(cluster.DatabasesAsync(["deployment/orders"], null)));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_kind_that_cannot_be_listed_does_not_hide_the_others()
    {
        using var server = new TestServer(request => request.Path.Contains("/statefulsets", StringComparison.Ordinal) ? List("orders") : TestServer.Response.Error(403, "Forbidden", "no"));
        using var connection = Connect(server);

        var found = Assert.Single(await CollectingProgress.AllAsync(new ClusterSuggestions(connection).WorkloadsAsync("ord", new KubeQuery())));

        Assert.Equal(("statefulset/orders", "orders"), (found.Text, found.Name));
    }

    [Theory]
    [InlineData("sts/or", "sts/orders", "/apis/apps/v1/namespaces/shop/statefulsets")]
    [InlineData("Deployments.apps/", "Deployments.apps/orders", "/apis/apps/v1/namespaces/shop/deployments")]
    [InlineData("po/", "po/orders", "/api/v1/namespaces/shop/pods")]
    public async Task Only_the_typed_kind_is_requested_and_its_text_is_kept(string word, string expected, string path)
    {
        using var server = new TestServer(_ => List("orders"));
        using var connection = Connect(server);

        Assert.Equal(expected, Assert.Single(await CollectingProgress.AllAsync(new ClusterSuggestions(connection).WorkloadsAsync(word, new KubeQuery()))).Text);
        Assert.StartsWith(path, Assert.Single(server.Requests).Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "app=", "tier=")]
    [InlineData("tier=web,", "tier=web,app=", "tier=web,tier=")]
    [InlineData("app=", "app=orders", "app=web")]
    [InlineData("tier=web,app!=", "tier=web,app!=orders", "tier=web,app!=web")]
    public async Task Selectors_complete_keys_and_after_an_operator_values(string word, params string[] expected)
    {
        using var server = new TestServer(_ => TestServer.Response.Json("""
            {"kind":"PartialObjectMetadataList","metadata":{},"items":[
              {"metadata":{"name":"a","namespace":"shop","uid":"1","labels":{"tier":"web","app":"orders"}}},
              {"metadata":{"name":"b","namespace":"shop","uid":"2","labels":{"app":"web"}}}]}
            """));
        using var connection = Connect(server);

        var found = await CollectingProgress.AllAsync(new ClusterSuggestions(connection).LabelsAsync(KubeResource.Pods, new KubeQuery { LabelSelector = "app=" }, word));

        Assert.Equal(expected, found.Select(one => one.Text));
        Assert.DoesNotContain("labelSelector", Assert.Single(server.Requests).Path, StringComparison.Ordinal);
    }

    private static ConnectionSettings Settings(TestServer server) => new() { Server = server.Http, Namespace = "shop" };

    private static KubeConnection Connect(TestServer server) => new(Settings(server), KubeRetryPolicy.Default);

    private static async Task<IReadOnlyList<string>> NamesAsync(ClusterSuggestions cluster) =>
        [.. (await CollectingProgress.AllAsync(cluster.NamesAsync(KubeResource.Pods, new KubeQuery()))).Select(found => found.Text)];

    private static TestServer.Response List(string name, string next = "") => TestServer.Response.Json($$$"""
        {"kind":"PartialObjectMetadataList","metadata":{"continue":"{{{next}}}"},"items":[{"metadata":{"name":"{{{name}}}","namespace":"shop","uid":"{{{name}}}"}}]}
        """);
}
