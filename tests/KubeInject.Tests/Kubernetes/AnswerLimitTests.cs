using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Client.Metadata;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Kubernetes.Transport;
using Microsoft.Extensions.Time.Testing;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>Every response has limits of memory and time. The error names the resource, the server, the limit and a remedy.</summary>
public sealed class AnswerLimitTests
{
    private const string Path = "/api/v1/namespaces/shop/pods";
    private const string WayOut = "List fewer objects at a time (specify a namespace or a selector), or check which server responds at this address.";

    private static readonly Dictionary<string, Func<KubeConnection, Task>> Lists = new()
    {
        ["list"] = connection => CollectingProgress.AllAsync(connection.Objects.ListAsync(KubeResource.Pods, new KubeQuery { PageSize = 8 })),
        ["list pods"] = connection => CollectingProgress.AllAsync(connection.ListPodsAsync(new KubeQuery { PageSize = 8 })),
        ["list metadata"] = connection => CollectingProgress.AllAsync(connection.Objects.ListMetadataAsync(KubeResource.Pods, new KubeQuery { PageSize = 8 })),
        ["watch"] = connection => CollectingProgress.AllAsync(connection.Objects.WatchAsync(KubeResource.Pods, new KubeQuery { PageSize = 8 })),
    };

    public static TheoryData<string> ListNames => [.. Lists.Keys];

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
    [MemberData(nameof(ListNames))]
    public async Task A_list_that_expires_after_each_page_is_an_error(string how)
    {
        var pods = 0;
        using var api = await FaultyApi.OpenAsync(request => request.Path.Contains("continue=", StringComparison.Ordinal)
            ? Response.Error(410, "Expired", "The provided continue parameter is too old.")
            : Page(next: "more", $"pod-{pods++}"));

        var error = await Assert.ThrowsAsync<KubeApiException>(() => Lists[how](api.Connection));

        Assert.Equal((410, KubeApiReason.Expired), (error.StatusCode, error.Reason));
        Assert.Equal(
            $"The list {Path} of {api.Connection.Server} was restarted 10 times, because its continue token had expired (The provided continue parameter is too old). List fewer objects at a time (specify a namespace or a selector), or run the command again when the server is less busy.",
            error.Message);
        Assert.Equal(1 + 10, pods);
    }

    [Theory]
    [MemberData(nameof(ListNames))]
    public async Task A_list_that_continues_without_objects_is_an_error(string how)
    {
        var pages = 0;
        using var api = await FaultyApi.OpenAsync(_ => Page(next: $"page-{++pages}"));

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Lists[how](api.Connection));

        AssertLimit(api, error, "the list continues after 100 pages without an object");
        Assert.Equal(101, pages);
    }

    [Theory]
    [MemberData(nameof(ListNames))]
    public async Task The_number_of_objects_in_a_list_is_limited(string how)
    {
        var pages = 0;
        using var api = await OpenAsync(_ => Page(next: $"page-{++pages}", $"a-{pages}", $"b-{pages}"), new ResponseLimits { MaxListObjects = 50 });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Lists[how](api.Connection));

        AssertLimit(api, error, "the list has more than 50 objects");
        Assert.Equal(26, pages);
    }

    [Theory]
    [MemberData(nameof(ListNames))]
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
        Assert.Equal([$"{Path}?limit=20", $"{Path}?limit=2", $"{Path}?limit=2&continue=2"], api.Requests.Take(3).Select(request => request.Path));
    }

    [Theory]
    [InlineData("spaces", " ")]
    [InlineData("a text", "{\"kind\":\"PodList\",\"metadata\":{\"name\":\"")]
    [InlineData("items", "{\"kind\":\"PodList\",\"items\":[")]
    [InlineData("nesting", "{\"kind\":\"PodList\",\"items\":")]
    public async Task An_endless_body_is_an_error(string what, string start)
    {
        var piece = what switch
        {
            "items" => string.Concat(Enumerable.Repeat("""{"metadata":{"name":"a"}},""", 2000)),
            "nesting" => new string('[', 50_000),
            _ => new string(' ', 50_000),
        };
        Func<KubeConnection, Task>[] requests =
        [
            connection => connection.GetAsync("/api"),
            connection => connection.GetPodAsync("a"),
            connection => connection.Objects.DeleteAsync(KubeResource.Pods, "a"),
            .. Lists.Values,
        ];
        foreach (var status in new[] { 200, 400 })
        {
            foreach (var request in requests)
            {
                var limits = new ResponseLimits { MaxBodyBytes = 1 << 20, MaxObjectBytes = 1 << 20, MaxListBytes = 4 << 20 };
                using var api = await OpenAsync(_ => Response.Json("") with { Status = status, Lines = Endless(start, piece) }, limits);

                var error = await Assert.ThrowsAsync<KubeConnectionException>(() => request(api.Connection));

                // A streaming reader detects immediately that this is not JSON with such a nesting depth.
                if (what == "nesting" && error.Reason == KubeConnectionFailure.NotKubernetes)
                    continue;
                Assert.Equal(KubeConnectionFailure.LimitExceeded, error.Reason);
                Assert.StartsWith($"{api.Connection.Server} exceeds a limit in its response to {api.Requests[^1].Path}: ", error.Message, StringComparison.Ordinal);
                Assert.Contains(" MiB. ", error.Message, StringComparison.Ordinal);
                Assert.EndsWith(WayOut, error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task An_endless_event_is_an_error()
    {
        using var api = await OpenAsync(
            request => FakeStore.IsWatch(request) ? Response.Json("") with { Lines = Endless("""{"type":"ADDED","object":{"metadata":{"name":""" + "\"", new string('x', 50_000)) } : Page(null, "pod"),
            new ResponseLimits { MaxObjectBytes = 1 << 20 });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Lists["watch"](api.Connection));

        Assert.Equal(KubeConnectionFailure.LimitExceeded, error.Reason);
        Assert.StartsWith($"{api.Connection.Server} exceeds a limit in its response to {Path}?watch=true&allowWatchBookmarks=true&resourceVersion=7: an event is larger than 1 MiB.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_protobuf_object_is_an_error()
    {
        // The start of an item of 2 GiB.
        byte[] head = [.. MetadataMessages.Envelope("meta.k8s.io/v1", "PartialObjectMetadataList", [])[..^6], 0x12, 0xff, 0xff, 0xff, 0xff, 0x07, 0x12, 0xf0, 0xff, 0xff, 0xff, 0x07];
        using var api = await OpenAsync(
            _ => Response.Json("") with { Raw = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {ProtobufMetadataReader.MediaType}\r\n\r\n"), .. head, .. new byte[4 << 20]], CutAfter = int.MaxValue, EndsOrderly = true },
            new ResponseLimits { MaxObjectBytes = 1 << 20 });

        AssertLimit(api, await Assert.ThrowsAsync<KubeConnectionException>(() => Lists["list metadata"](api.Connection)), "an object is larger than 1 MiB");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task The_limit_applies_to_the_decompressed_size(string encoding)
    {
        var bomb = Compress(encoding, Encoding.ASCII.GetBytes("{\"kind\":\"PodList\",\"items\":["), 8 << 20);
        Assert.InRange(bomb.Length, 1, 128 * 1024);
        var limits = new ResponseLimits { MaxBodyBytes = 1 << 20, MaxListBytes = 1 << 20 };
        using var proxy = new TestServer(AsProxy(_ => Encoded(encoding, bomb)));
        using var connection = await OpenThroughAsync(proxy, limits);
        foreach (var list in Lists.Values)
        {
            var error = await Assert.ThrowsAsync<KubeConnectionException>(() => list(connection));
            Assert.Equal(KubeConnectionFailure.LimitExceeded, error.Reason);
            Assert.Contains("is larger than 1 MiB", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_gzip_bomb_of_4_GiB_is_an_error_at_the_limit()
    {
        // Members of a gzip file, each 64 MiB of spaces after decompression, one after another.
        var member = Compress("gzip", [], 64 << 20);
        using var proxy = new TestServer(AsProxy(_ => Encoded("gzip", [.. Enumerable.Repeat(member, 64).SelectMany(bytes => bytes)])));
        using var connection = await OpenThroughAsync(proxy, ResponseLimits.Default);

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => connection.Objects.GetAsync(KubeResource.Pods, "a"));

        Assert.Contains($"exceeds a limit in its response to {Path}/a: the response is larger than 128 MiB.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_for_a_response_depends_on_its_limit()
    {
        const int Limit = 16 << 20;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = new ResponseBuffer().ReadAsync(new EndlessStream(), Limit, CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // All buffers on the way, from 16 KiB, added up.
        Assert.Equal(Limit, Assert.IsType<ResponseTooLargeException>(reading.Exception!.InnerException).Limit);
        Assert.InRange(allocated, Limit, Limit * 5 / 2);
    }

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
        Assert.StartsWith($"https://10.0.0.1/ sends its response to {Path} too slowly: ", error.Message, StringComparison.Ordinal);
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
        Assert.Equal((KubeConnectionFailure.Timeout, $"https://10.0.0.1/ sent no data for {Path} within 300 s."), (error.Reason, error.Message));
    }

    [Fact]
    public async Task The_time_between_two_reads_is_not_counted()
    {
        var clock = new FakeTimeProvider();
        await using var answer = Open(clock, new SlowStream(clock, 1, TimeSpan.FromSeconds(1)) { Count = 90 });
        Assert.Equal(90, await ReadAllAsync(answer, () => clock.Advance(TimeSpan.FromHours(1))));
    }

    [Fact]
    public async Task The_total_size_of_a_list_is_limited()
    {
        var clock = new FakeTimeProvider();
        await using var answer = Open(clock, new SlowStream(clock, 60_000, TimeSpan.Zero), new ResponseLimits { MaxListBytes = 5 << 20 });
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => ReadAllAsync(answer));
        Assert.Equal((KubeConnectionFailure.LimitExceeded, $"https://10.0.0.1/ exceeds a limit in its response to {Path}: the response is larger than 5 MiB. {WayOut}"), (error.Reason, error.Message));
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

    private static void AssertLimit(FaultyApi api, KubeConnectionException error, string limit)
    {
        Assert.Equal(KubeConnectionFailure.LimitExceeded, error.Reason);
        Assert.StartsWith($"{api.Connection.Server} exceeds a limit in its response to {Path}", error.Message, StringComparison.Ordinal);
        Assert.Contains($": {limit}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(WayOut, error.Message, StringComparison.Ordinal);
    }

    private static Task<FaultyApi> OpenAsync(Func<Request, Response> answer, ResponseLimits limits) =>
        FaultyApi.OpenAsync(answer, new ImmediateTimeProvider().Policy with { Limits = limits });

    private static Response Page(string? next, params string[] names)
    {
        var items = names.Select(name => $$$"""{"metadata":{"name":"{{{name}}}","uid":"uid-of-{{{name}}}","resourceVersion":"7"}}""");
        return Response.Json($$$"""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"{{{next}}}"},"items":[{{{string.Join(',', items)}}}]}""");
    }

    private static Response Protobuf(byte[] body) => Response.Json("") with
    {
        Raw = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {ProtobufMetadataReader.MediaType}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body],
    };

    private static async IAsyncEnumerable<string> Endless(string start, string piece, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return start;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return piece;
            await Task.Yield();
        }
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

    private static ApiStream Open(FakeTimeProvider clock, Stream stream, ResponseLimits? limits = null)
    {
        var settings = new ConnectionSettings { Server = new Uri("https://10.0.0.1") };
        var failures = new ApiFailures(settings, new RequestCredential(settings), new ServerTrust(settings.ToTransport()));
        return new ApiStream(stream, null, ApiRequest.Get(Path), settings.Timeout, failures, new KubeRetryPolicy { Clock = clock, Limits = limits ?? ResponseLimits.Default }, CancellationToken.None);
    }

    private static async Task<long> ReadAllAsync(ApiStream answer, Action? between = null)
    {
        var (buffer, sum) = (new byte[64 * 1024], 0L);
        while (await answer.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
        {
            sum += count;
            between?.Invoke();
        }

        return sum;
    }

    private static byte[] Compress(string encoding, byte[] start, int spaces)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            stream.Write(start);
            var piece = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
            for (var written = 0; written < spaces; written += piece.Length)
                stream.Write(piece);
        }

        return compressed.ToArray();
    }

    private static Response Encoded(string encoding, byte[] body) => Response.Json("") with
    {
        Raw = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: {encoding}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body],
    };

    /// <summary>A server that the client treats as remote, because it requests no compression from a server on the same machine.</summary>
    private static Func<Request, Response> AsProxy(Func<Request, Response> answer) => request =>
        TestServer.Kubernetes(answer)(request with { Path = request.Path.Replace("http://kubernetes.test", "", StringComparison.Ordinal) });

    private static Task<KubeConnection> OpenThroughAsync(TestServer proxy, ResponseLimits limits) => KubeConnection.OpenAsync(
        new ConnectionSettings { Server = new Uri("http://kubernetes.test"), Namespace = "shop", Proxy = ProxyAddress.FromUri(proxy.Http) },
        new KubeRetryPolicy { Limits = limits },
        CancellationToken.None);

    /// <summary>Always has more data, without a delay.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(buffer.Length);
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
