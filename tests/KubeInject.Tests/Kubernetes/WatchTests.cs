using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>
/// Watches have a resourceVersion, request bookmarks, reconnect where they were cut, list again on 410, and end only
/// when they are canceled.
/// </summary>
public class WatchTests
{
    private readonly FakeStore store = new();
    private readonly Queue<Func<Request, Response>> watches = new();

    [Fact]
    public async Task A_watch_reports_existing_objects_and_then_changes()
    {
        store.Set("a");
        store.Set("b");
        Script(_ => Lines(() => store.Set("c"), () => store.Set("a"), () => store.Delete("b")));
        var (events, requests) = await WatchAsync(5);
        Assert.Equal(["Added a@101", "Added b@102", "Added c@103", "Modified a@104", "Deleted b@105"], events);
        Assert.Equal(
            ["/api/v1/namespaces/shop/pods?limit=500", "/api/v1/namespaces/shop/pods?watch=true&allowWatchBookmarks=true&resourceVersion=102"],
            requests);
    }

    [Fact]
    public async Task Watch_requests_contain_the_selectors()
    {
        using var api = await FaultyApi.OpenAsync(Answer);
        store.Set("a");
        await api.Objects.WatchAsync(KubeResource.Pods, new KubeQuery { LabelSelector = "app=a", AllNamespaces = true }).GetAsyncEnumerator().MoveNextAsync();
        Script(_ => Lines(() => store.Set("b")));
        await using var events = api.Objects.WatchAsync(KubeResource.Pods, new KubeQuery { LabelSelector = "app=a", AllNamespaces = true }).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync() && await events.MoveNextAsync());
        Assert.Equal("/api/v1/pods?labelSelector=app%3Da&watch=true&allowWatchBookmarks=true&resourceVersion=101", api.Requests[^1].Path);
    }

    [Fact]
    public async Task A_watch_that_is_started_twice_reports_existing_objects_twice()
    {
        store.Set("a");
        using var api = await FaultyApi.OpenAsync(Answer);
        var watch = api.Objects.WatchAsync(KubeResource.Pods);
        Assert.Equal(["Added a@101"], await FirstAsync(watch, 1));
        Assert.Equal(["Added a@101"], await FirstAsync(watch, 1));
    }

    [Theory]
    [InlineData("end")]
    [InlineData("reset")]
    [InlineData("half a line")]
    [InlineData("error 500")]
    [InlineData("no event")]
    public async Task A_watch_that_is_cut_continues_where_it_was(string how)
    {
        store.Set("a");
        Script(_ => Ending(how, () => store.Set("b"), () => store.Delete("a")), _ => Lines(() => store.Set("c")));
        var (events, requests) = await WatchAsync(4);
        Assert.Equal(["Added a@101", "Added b@102", "Deleted a@103", "Added c@104"], events);
        Assert.EndsWith("resourceVersion=103", requests[^1], StringComparison.Ordinal);
        Assert.Equal(3, requests.Count);
    }

    [Fact]
    public async Task A_bookmark_moves_the_resource_version_to_continue_from()
    {
        store.Set("a");
        Script(_ => Response.Json("") with { Lines = Texts([FakeStore.Bookmark(150)]) }, _ => Lines(() => store.Set("b")));
        var (_, requests) = await WatchAsync(2);
        Assert.EndsWith("resourceVersion=150", requests[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task If_the_resource_version_has_expired_the_list_is_read_again_and_only_changes_are_reported(bool asEvent)
    {
        foreach (var name in new[] { "a", "b", "c", "d" })
            store.Set(name);
        Script(
            _ => Ending("end"),
            _ =>
            {
                store.Delete("a");
                store.Set("b");
                store.Delete("c");
                store.Set("c");
                store.Set("e");
                return asEvent ? Response.Json("") with { Lines = Texts([FakeStore.Error(410, "Expired")]) } : Response.Error(410, "Expired", "too old");
            },
            _ => Lines(() => store.Set("f")));
        var (events, requests) = await WatchAsync(4 + 6);

        // There are two objects "c": the deleted one, and another with the same name.
        Assert.Equal(["Modified b@106", "Added c@108", "Added e@109", "Deleted a@101", "Deleted c@103", "Added f@110"], events.Skip(4));
        Assert.Equal(2, requests.Count(request => request.Contains("limit", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_list_that_expires_between_pages_is_read_again_and_loses_no_deletion()
    {
        foreach (var name in new[] { "a", "b", "c" })
            store.Set(name);
        var lists = 0;
        using var api = await FaultyApi.OpenAsync(request =>
        {
            if (!FakeStore.IsWatch(request) && ++lists == 2)
            {
                store.Delete("a");
                store.Compact();
            }

            return Answer(request);
        });
        Script(_ => Lines(() => store.Set("d")));
        var events = await FirstAsync(api.Objects.WatchAsync(KubeResource.Pods, new KubeQuery { PageSize = 1 }), 5);
        Assert.Equal(["Added a@101", "Added b@102", "Added c@103", "Deleted a@101", "Added d@105"], events);
    }

    [Theory]
    [InlineData("\"name\":\"c\",\"namespace\":\"shop\",\"uid\":\"c-103\"", "\"generation\":1")]
    [InlineData("resourceVersion", "generation")]
    public async Task A_damaged_list_is_read_again_and_loses_nothing(string original, string damaged)
    {
        store.Set("a");
        var lists = 0;
        using var api = await FaultyApi.OpenAsync(request =>
        {
            if (FakeStore.IsWatch(request))
                return Answer(request);
            var list = store.List(request);
            return ++lists == 2 ? list with { Body = list.Body.Replace(original, damaged, StringComparison.Ordinal) } : list;
        });
        Script(
            _ =>
            {
                store.Set("b");
                store.Set("c");
                return Response.Error(410, "Expired", "too old");
            },
            _ => Lines(() => store.Set("d")));
        Assert.Equal(["Added a@101", "Added b@102", "Added c@103", "Added d@104"], await FirstAsync(api.Objects.WatchAsync(KubeResource.Pods), 4));
        Assert.Equal(3, lists);
    }

    [Fact]
    public async Task Events_that_the_server_repeats_are_not_reported_again()
    {
        store.Set("a");
        Script(_ => Response.Json("") with { Lines = Texts([.. store.After(100).Select(line => line.Line), .. Changes(() => store.Delete("a")), store.After(101).Last().Line, .. Changes(() => store.Set("b"))]) });
        var (events, _) = await WatchAsync(3);
        Assert.Equal(["Added a@101", "Deleted a@102", "Added b@103"], events);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    public async Task An_error_of_the_first_list_is_thrown(int status)
    {
        using var api = await FaultyApi.OpenAsync(Response.Error(status, "x", "no"));
        var error = await Assert.ThrowsAsync<KubeApiException>(() => FirstAsync(api.Objects.WatchAsync(KubeResource.Pods), 1));
        Assert.Equal((status, 1), (error.StatusCode, api.Requests.Count));
    }

    [Fact]
    public async Task A_watch_waits_for_an_unavailable_server_without_a_limit()
    {
        store.Set("a");
        Script([.. Enumerable.Repeat<Func<Request, Response>>(_ => Response.Error(500, "InternalError", "etcd is away"), 30), _ => Lines(() => store.Set("b"))]);
        var (events, _) = await WatchAsync(2);
        Assert.Equal(["Added a@101", "Added b@102"], events);
    }

    [Fact]
    public async Task A_watch_that_is_rejected_repeatedly_ends_with_the_error()
    {
        store.Set("a");
        Script([.. Enumerable.Repeat<Func<Request, Response>>(_ => Response.Error(403, "Forbidden", "not any more"), 9)]);
        using var api = await FaultyApi.OpenAsync(Answer);
        var error = await Assert.ThrowsAsync<KubeApiException>(() => FirstAsync(api.Objects.WatchAsync(KubeResource.Pods), 2));
        Assert.Equal((KubeApiReason.Forbidden, 1 + 5), (error.Reason, api.Requests.Count));
    }

    [Fact]
    public async Task Each_watch_that_cannot_begin_is_reported_at_once_and_so_is_one_that_begins()
    {
        store.Set("a");
        Script([.. Enumerable.Repeat<Func<Request, Response>>(_ => Response.Error(403, "Forbidden", "not yet"), 2), _ => Lines(() => store.Set("b"))]);
        using var api = await FaultyApi.OpenAsync(Answer);
        var reports = new List<string?>();

        await FirstAsync(Reflector.FollowAsync(api.Connection.Channel, api.Objects.Pager(KubeResource.Pods, null), KubeResource.Pods, failure => reports.Add(failure?.Message), CancellationToken.None), 2);

        Assert.Equal(["not yet", "not yet", null], reports);
    }

    [Fact]
    public async Task A_permission_that_returns_does_not_end_the_watch()
    {
        store.Set("a");
        Script([.. Enumerable.Repeat<Func<Request, Response>>(_ => Response.Error(403, "Forbidden", "not yet"), 4), _ => Lines(() => store.Set("b"))]);
        Assert.Equal(2, (await WatchAsync(2)).Events.Count);
    }

    [Fact]
    public async Task A_silent_watch_is_reopened()
    {
        store.Set("a");
        Script(_ => Silent(), _ => Lines(() => store.Set("b")));
        using var api = await FaultyApi.OpenAsync(Answer, new KubeRetryPolicy { Jitter = () => 0, Limits = new ResponseLimits { MaxIdleTime = TimeSpan.FromMilliseconds(200) } });
        Assert.Equal(["Added a@101", "Added b@102"], await FirstAsync(api.Objects.WatchAsync(KubeResource.Pods), 2));
    }

    [Fact]
    public async Task A_watch_ends_when_it_is_canceled()
    {
        using var cancellation = new CancellationTokenSource();
        store.Set("a");
        Script(_ =>
        {
            cancellation.Cancel();
            return Silent();
        });
        using var api = await FaultyApi.OpenAsync(Answer);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FirstAsync(api.Objects.WatchAsync(KubeResource.Pods, cancellationToken: cancellation.Token), 2));
    }

    [Fact]
    public async Task Pods_are_watched_as_pods()
    {
        store.Set("a");
        using var api = await FaultyApi.OpenAsync(Answer);
        await using var events = api.Connection.WatchPodsAsync().GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal((KubeEventType.Added, "a", "shop"), (events.Current.Type, events.Current.Pod.Name, events.Current.Pod.Namespace));
    }

    /// <summary>The responses of watches, in order; after them, the events.</summary>
    private void Script(params Func<Request, Response>[] answers)
    {
        foreach (var answer in answers)
            watches.Enqueue(answer);
    }

    private Response Answer(Request request) =>
        !FakeStore.IsWatch(request) ? store.List(request)
        : watches.TryDequeue(out var watch) ? watch(request)
        : Response.Json("") with { Lines = Texts([.. store.After(store.WatchedFrom(request)!.Value).Select(line => line.Line)], staysOpen: true) };

    private async Task<(List<string> Events, List<string> Requests)> WatchAsync(int count)
    {
        using var api = await FaultyApi.OpenAsync(Answer);
        var events = await FirstAsync(api.Objects.WatchAsync(KubeResource.Pods), count);
        return (events, [.. api.Requests.Select(request => request.Path)]);
    }

    private static async Task<List<string>> FirstAsync(IAsyncEnumerable<KubeEvent> stream, int count)
    {
        var events = new List<string>();
        await using var enumerator = stream.GetAsyncEnumerator();
        while (events.Count < count && await enumerator.MoveNextAsync())
            events.Add($"{enumerator.Current.Type} {enumerator.Current.Object.Name}@{enumerator.Current.Object.ResourceVersion}");
        return events;
    }

    /// <summary>Causes events, reports them, and then stays silent.</summary>
    private Response Lines(params Action[] changes) => Response.Json("") with { Lines = Texts([.. Changes(changes)], staysOpen: true) };

    private static Response Silent() => Response.Json("") with { Lines = Texts([], staysOpen: true) };

    private Response Ending(string how, params Action[] changes)
    {
        var lines = Changes(changes);
        return Response.Json("") with
        {
            CutAfter = how is "reset" or "half a line" ? int.MaxValue : null,
            Lines = Texts(how switch
            {
                "half a line" => [.. lines, """{"type":"ADDED","object":{"metadata":{"name":"half","uid":"u"""],
                "error 500" => [.. lines, FakeStore.Error(500, "InternalError")],
                "no event" => [.. lines, "<html>\n"],
                _ => lines,
            }),
        };
    }

    private List<string> Changes(params Action[] changes)
    {
        var before = store.Version;
        foreach (var change in changes)
            change();
        return [.. store.After(before).Select(line => line.Line)];
    }

    private static async IAsyncEnumerable<string> Texts(
        IEnumerable<string> texts, bool staysOpen = false, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var text in texts)
            yield return text;
        if (staysOpen)
            await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
