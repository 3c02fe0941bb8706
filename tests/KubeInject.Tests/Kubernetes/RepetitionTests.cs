using System.Globalization;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>
/// 429 and 503 with Retry-After, connection resets before a response, and Timeout on idempotent requests are retried
/// with a bounded backoff with jitter; a POST is retried only if it was certainly not processed.
/// </summary>
public class RepetitionTests
{
    private static readonly Response Done = Response.Json("""{"metadata":{"name":"a"}}""");
    private static readonly Response List = Response.Json("""{"kind":"PodList","items":[]}""");
    private static readonly Response Reset = Done with { CutAfter = 0 };
    private static readonly Response Closed = Reset with { EndsOrderly = true };
    private static readonly Response Busy = Response.Error(429, "TooManyRequests", "slow down") with { Headers = ["Retry-After: 7"] };
    private static readonly Response Away = Response.Error(503, "ServiceUnavailable", "away") with { Headers = ["Retry-After: 7"] };
    private static readonly Response TimedOut = Response.Error(504, "Timeout", "took too long");
    private static readonly Response ServerTimedOut = Response.Error(500, "ServerTimeout", "try again");

    /// <summary>Idempotent operations.</summary>
    private static readonly Dictionary<string, Func<KubeObjectClient, Task>> Repeatable = new()
    {
        ["get"] = client => client.GetAsync(KubeResource.Pods, "a"),
        ["list"] = async client => await client.ListAsync(KubeResource.Pods).GetAsyncEnumerator().MoveNextAsync(),
        ["apply"] = client => client.PatchAsync(KubeResource.Pods, "a", KubePatch.Apply("{}")),
        ["merge"] = client => client.PatchAsync(KubeResource.Pods, "a", KubePatch.Merge("{}")),
        ["delete of one uid"] = client => client.DeleteAsync(KubeResource.Pods, "a", options: new() { Uid = "u" }),
        ["dry create"] = client => client.CreateAsync(KubeResource.Pods, KubeObject.Parse("{}"), options: new() { DryRun = true }),
        ["dry delete"] = client => client.DeleteAsync(KubeResource.Pods, "a", options: new() { DryRun = true }),
        ["dry JSON patch"] = client => client.PatchAsync(KubeResource.Pods, "a", KubePatch.Json("[]"), options: new() { DryRun = true }),
    };

    private static readonly Dictionary<string, Func<KubeObjectClient, Task>> Once = new()
    {
        ["create"] = client => client.CreateAsync(KubeResource.Pods, KubeObject.Parse("{}")),
        ["token"] = client => client.CreateTokenAsync("a"),
        ["delete by name"] = client => client.DeleteAsync(KubeResource.Pods, "a"),
        ["JSON patch"] = client => client.PatchAsync(KubeResource.Pods, "a", KubePatch.Json("[]")),
    };

    public static TheoryData<string> RepeatableNames => [.. Repeatable.Keys];

    public static TheoryData<string> OnceNames => [.. Once.Keys];

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_request_to_a_busy_server_is_retried_after_Retry_After(int status)
    {
        using var api = await FaultyApi.OpenAsync(Response.Error(status, "x", "x") with { Headers = ["Retry-After: 7"] }, Done);
        await api.Objects.GetAsync(KubeResource.Pods, "a");
        Assert.Equal([TimeSpan.FromSeconds(7)], api.Clock.Waits);
    }

    [Fact]
    public async Task Retry_After_can_be_a_date()
    {
        var date = (ImmediateTimeProvider.StartTime + TimeSpan.FromSeconds(9)).ToString("R", CultureInfo.InvariantCulture);
        using var api = await FaultyApi.OpenAsync(Away with { Headers = [$"Retry-After: {date}"] }, Done);
        await api.Objects.GetAsync(KubeResource.Pods, "a");
        Assert.Equal([TimeSpan.FromSeconds(9)], api.Clock.Waits);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("-5", null)]
    [InlineData("25", 25)]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT", 1)]
    [InlineData("soon", null)]
    public async Task Retry_After_is_limited(string value, int? seconds)
    {
        using var api = await FaultyApi.OpenAsync(Busy with { Headers = [$"Retry-After: {value}"] }, Done);
        var request = api.Objects.GetAsync(KubeResource.Pods, "a");
        if (seconds is null)
            await Assert.ThrowsAsync<KubeApiException>(() => request);
        else
            await request;
        Assert.Equal(seconds is null ? [] : [TimeSpan.FromSeconds(seconds.Value)], api.Clock.Waits);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task An_error_without_Retry_After_is_not_retried(int status)
    {
        using var api = await FaultyApi.OpenAsync(Response.Error(status, "", "no"));
        var error = await Assert.ThrowsAsync<KubeApiException>(() => api.Objects.GetAsync(KubeResource.Pods, "a"));
        Assert.Equal((status, 1), (error.StatusCode, api.Requests.Count));
    }

    [Fact]
    public async Task A_server_that_stays_busy_gets_five_attempts()
    {
        using var api = await FaultyApi.OpenAsync(_ => Busy);
        var error = await Assert.ThrowsAsync<KubeApiException>(() => api.Objects.GetAsync(KubeResource.Pods, "a"));
        Assert.Equal((KubeApiReason.TooManyRequests, "slow down", 5), (error.Reason, error.Message, api.Requests.Count));
        Assert.Equal([7, 7, 7, 8], api.Clock.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task A_connection_that_is_always_reset_gets_five_attempts()
    {
        using var api = await FaultyApi.OpenAsync(_ => Reset);
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => api.Objects.GetAsync(KubeResource.Pods, "a"));
        Assert.Equal((KubeConnectionFailure.Unreachable, 5), (error.Reason, api.ReportedRequests.Count));
        Assert.Equal([1, 2, 4, 8], api.Clock.Waits.Select(wait => wait.TotalSeconds));
    }

    [Theory]
    [MemberData(nameof(RepeatableNames))]
    public async Task An_idempotent_request_is_retried_after_a_reset_and_a_timeout(string operation)
    {
        using var api = await FaultyApi.OpenAsync(Reset, TimedOut, ServerTimedOut, Away, operation == "list" ? List : Done);
        await Repeatable[operation](api.Objects);
        Assert.Equal(5, api.Requests.Count);
        Assert.Single(api.Requests.Select(request => (request.Method, request.Path, request.Body)).Distinct());
    }

    [Theory]
    [MemberData(nameof(OnceNames))]
    public async Task A_request_that_might_have_been_processed_is_not_retried(string operation)
    {
        foreach (var end in new[] { Reset, Closed })
        {
            using var api = await FaultyApi.OpenAsync(end);
            Assert.Equal(KubeConnectionFailure.Unreachable, (await Assert.ThrowsAsync<KubeConnectionException>(() => Once[operation](api.Objects))).Reason);
            Assert.Single(api.Requests);
        }

        foreach (var response in new[] { TimedOut, ServerTimedOut, Away, Response.Error(429, "TooManyRequests", "no Retry-After") })
        {
            using var other = await FaultyApi.OpenAsync(response);
            await Assert.ThrowsAsync<KubeApiException>(() => Once[operation](other.Objects));
            Assert.Single(other.Requests);
        }
    }

    [Theory]
    [InlineData("create")]
    [InlineData("delete by name")]
    [InlineData("JSON patch")]
    public async Task A_request_that_the_server_did_not_process_is_retried(string operation)
    {
        using var api = await FaultyApi.OpenAsync(Busy, Done);
        await Once[operation](api.Objects);
        Assert.Equal(2, api.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(OnceNames))]
    public async Task A_request_that_was_never_sent_is_retried(string operation)
    {
        using var api = await FaultyApi.OpenAsync(Done with { Headers = ["Connection: close"] });
        await api.Objects.GetAsync(KubeResource.Pods, "a");
        api.StopListening();
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Once[operation](api.Objects));
        Assert.Contains("connection was refused", error.Message, StringComparison.Ordinal);
        Assert.Equal(1 + 5, api.ReportedRequests.Count);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(120)]
    [InlineData(400)]
    public async Task A_truncated_page_is_requested_again(int cutAfter)
    {
        var page = Response.Json($$"""{"kind":"PodList","items":[{{string.Join(',', Enumerable.Range(0, 20).Select(i => $$$"""{"metadata":{"name":"p{{{i}}}","uid":"{{{i}}}"}}"""))}}]}""");
        using var api = await FaultyApi.OpenAsync(page with { CutAfter = cutAfter }, page);
        Assert.Equal(20, (await CollectingProgress.AllAsync(api.Objects.ListAsync(KubeResource.Pods))).Count);
        Assert.Equal(2, api.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_has_never_responded_is_not_retried()
    {
        using var server = new TestServer(_ => Reset);
        var clock = new ImmediateTimeProvider();
        await Assert.ThrowsAsync<KubeConnectionException>(
            () => KubeConnection.OpenAsync(new ConnectionSettings { Server = server.Http }, clock.Policy, CancellationToken.None));
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task The_delay_can_be_canceled()
    {
        using var api = await FaultyApi.OpenAsync(new KubeRetryPolicy { Jitter = () => 1, FirstWait = TimeSpan.FromMinutes(1), LongestWait = TimeSpan.FromMinutes(1) }, Busy);
        using var cancellation = new CancellationTokenSource();
        api.ReportedRequests.CollectionChanged += (_, _) => cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => api.Objects.GetAsync(KubeResource.Pods, "a", cancellationToken: cancellation.Token));
    }

    [Fact]
    public void The_delay_doubles_up_to_a_limit_and_is_random()
    {
        var policy = new KubeRetryPolicy { Jitter = () => 1 };
        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], new[] { 1, 2, 3, 4, 5, 6, 7, 5000 }.Select(failures => policy.Backoff(failures).TotalSeconds));
        var waits = Enumerable.Range(0, 200).Select(_ => KubeRetryPolicy.Default.Backoff(3).TotalSeconds).ToList();
        Assert.All(waits, wait => Assert.InRange(wait, 0, 4));
        Assert.True(waits.Distinct().Count() > 100);
    }

    [Theory]
    [MemberData(nameof(OnceNames))]
    public async Task A_rejected_request_was_not_processed_even_if_the_response_was_truncated(string name)
    {
        var cut = Response.Error(403, "Forbidden", "no") with { CutAfter = 100 };
        using var api = await FaultyApi.OpenAsync(cut, Response.Error(403, "Forbidden", "no"));

        var refusal = await Assert.ThrowsAsync<KubeApiException>(() => Once[name](api.Objects));

        Assert.Equal((KubeApiReason.Forbidden, 2), (refusal.Reason, api.Requests.Count));
    }
}
