using System.Globalization;
using System.Runtime.CompilerServices;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using Microsoft.Extensions.Time.Testing;
using static KubeInject.Tests.Kubernetes.ResponseLimitFixture;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>The time of every response is limited, including its retries.</summary>
public sealed class ResponseTimeoutTests
{
    [Theory]
    [InlineData("get")]
    [InlineData("list")]
    [InlineData("list pods")]
    [InlineData("list metadata")]
    public async Task A_response_that_arrives_byte_by_byte_ends_with_the_request_timeout(string how)
    {
        var clock = new FakeTimeProvider();
        using var api = await FaultyApi.OpenAsync(_ => Response.Json("") with { Lines = Dripping(clock, TimeSpan.FromSeconds(1), " ") }, new KubeRetryPolicy { Clock = clock });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => how == "get" ? api.Objects.GetAsync(KubeResource.Pods, "a") : Lists[how](api.Connection));

        Assert.Equal(KubeConnectionFailure.Timeout, error.Reason);
        Assert.Contains($" {api.Requests[^1].Path} ", error.Message, StringComparison.Ordinal);
        Assert.Contains(" 100 s", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 100)]
    [InlineData(512, 1, 199)]
    [InlineData(1, 10, 100)]
    public async Task A_list_that_arrives_too_slowly_is_an_error(int bytes, int pause, int after)
    {
        var clock = new FakeTimeProvider();
        await using var answer = Open(clock, new SlowStream(clock, bytes, TimeSpan.FromSeconds(pause)));
        var start = clock.GetUtcNow();

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => ReadAllAsync(answer));

        Assert.Equal(KubeConnectionFailure.Timeout, error.Reason);
        Assert.StartsWith($"https://10.0.0.1/ sends its response to {ListPath} too slowly: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" s. After the request timeout of 100 s, it must send at least 1024 bytes per second. Check the network, or increase the timeout.", error.Message, StringComparison.Ordinal);
        Assert.InRange((clock.GetUtcNow() - start).TotalSeconds, after, after + pause);
    }

    [Fact]
    public async Task A_list_can_take_longer_than_the_request_timeout_if_it_arrives_fast_enough()
    {
        var clock = new FakeTimeProvider();
        await using var answer = Open(clock, new SlowStream(clock, 16 * 1024, TimeSpan.FromSeconds(10)) { Count = 1000 });
        Assert.Equal(1000 * 16 * 1024, await ReadAllAsync(answer));
        Assert.Equal(TimeSpan.FromSeconds(10_000), answer.Waited);
    }

    [Fact]
    public async Task A_list_that_pauses_too_long_is_an_error_however_much_has_arrived()
    {
        var clock = new FakeTimeProvider();
        await using var answer = Open(clock, new SlowStream(clock, 16 * 1024, TimeSpan.FromSeconds(1)) { Count = 1000, LastPause = TimeSpan.FromSeconds(300) });
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => ReadAllAsync(answer));
        Assert.Equal((KubeConnectionFailure.Timeout, $"https://10.0.0.1/ sent no data for {ListPath} within 300 s."), (error.Reason, error.Message));
    }

    [Fact]
    public async Task The_time_between_two_reads_is_not_counted()
    {
        var clock = new FakeTimeProvider();
        await using var answer = Open(clock, new SlowStream(clock, 1, TimeSpan.FromSeconds(1)) { Count = 90 });
        Assert.Equal(90, await ReadAllAsync(answer, () => clock.Advance(TimeSpan.FromHours(1))));
    }

    [Theory]
    [InlineData(429, "1000000000", "1000000000 s")]
    [InlineData(429, "101", "101 s")]
    [InlineData(429, "99999999999999999999999999999999999999", "922337203686 s")]
    [InlineData(429, "Fri, 31 Dec 9999 23:59:59 GMT", "251614760094 s")]
    [InlineData(503, "3600", "3600 s")]
    public async Task A_delay_that_exceeds_the_request_timeout_is_not_started(int status, string value, string asked)
    {
        Func<KubeConnection, Task>[] requests = [connection => connection.Objects.GetAsync(KubeResource.Pods, "a"), .. Lists.Values];
        foreach (var request in requests)
        {
            using var api = await FaultyApi.OpenAsync(Response.Error(status, "TooManyRequests", "slow down") with { Headers = [$"Retry-After: {value}"] });
            var seconds = value[0] == 'F' ? string.Create(CultureInfo.InvariantCulture, $"{(new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero) - ImmediateTimeProvider.StartTime).TotalSeconds:0} s") : asked;

            var error = await Assert.ThrowsAsync<KubeApiException>(() => request(api.Connection));

            Assert.Equal((status, "TooManyRequests"), (error.StatusCode, error.Reason));
            Assert.Equal($"slow down. The server requests a wait of {seconds}, which is longer than the time that remains of the request timeout (100 s). Run the command again later.", error.Message);
            Assert.Empty(api.Clock.Waits);
            Assert.Single(api.Requests);
        }
    }

    [Theory]
    [InlineData("-1000000000")]
    [InlineData("1e9")]
    [InlineData("0x10")]
    [InlineData("1 000")]
    [InlineData("\u0661")]
    public async Task An_invalid_Retry_After_is_ignored(string value)
    {
        using var api = await FaultyApi.OpenAsync(Response.Error(429, "TooManyRequests", "slow down") with { Headers = [$"Retry-After: {value}"] });
        var error = await Assert.ThrowsAsync<KubeApiException>(() => api.Objects.GetAsync(KubeResource.Pods, "a"));
        Assert.Equal(("slow down", 1), (error.Message, api.Requests.Count));
    }

    [Fact]
    public async Task All_attempts_and_delays_of_a_request_share_its_timeout()
    {
        // After the first delay, 70 of 100 s remain.
        var first = Response.Error(429, "TooManyRequests", "slow down") with { Headers = ["Retry-After: 30"] };
        using var api = await FaultyApi.OpenAsync(first, first with { Headers = ["Retry-After: 71"] });

        var error = await Assert.ThrowsAsync<KubeApiException>(() => api.Objects.GetAsync(KubeResource.Pods, "a"));

        Assert.Equal([30], api.Clock.Waits.Select(wait => wait.TotalSeconds));
        Assert.Contains("The server requests a wait of 71 s, which is longer than the time that remains of the request timeout (100 s)", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Sends chunks, each after a delay on the clock of the client.</summary>
    private static async IAsyncEnumerable<string> Dripping(FakeTimeProvider clock, TimeSpan pause, string piece, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            clock.Advance(pause);
            yield return piece;
            await Task.Yield();
        }
    }

    /// <summary>Returns this number of bytes after each delay on the clock of the client, this number of times.</summary>
    private sealed class SlowStream(FakeTimeProvider clock, int bytes, TimeSpan pause) : MemoryStream
    {
        public int Count { get; set; } = int.MaxValue;

        public TimeSpan LastPause { get; init; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            clock.Advance(Count > 0 ? pause : LastPause);
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Count-- > 0 ? bytes : 0);
        }
    }
}
