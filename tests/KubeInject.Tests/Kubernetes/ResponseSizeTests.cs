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
using Microsoft.Extensions.Time.Testing;
using static KubeInject.Tests.Kubernetes.ResponseLimitFixture;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>The size of every response is limited. The error names the resource, the server, the limit and a remedy.</summary>
public sealed class ResponseSizeTests
{
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
                Assert.EndsWith(Remedy, error.Message, StringComparison.Ordinal);
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
        Assert.StartsWith($"{api.Connection.Server} exceeds a limit in its response to {ListPath}?watch=true&allowWatchBookmarks=true&resourceVersion=7: an event is larger than 1 MiB.", error.Message, StringComparison.Ordinal);
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

    [Fact]
    public async Task The_total_size_of_a_list_is_limited()
    {
        await using var answer = Open(new FakeTimeProvider(), new EndlessStream(), new ResponseLimits { MaxListBytes = 5 << 20 });
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => ReadAllAsync(answer));
        Assert.Equal((KubeConnectionFailure.LimitExceeded, $"https://10.0.0.1/ exceeds a limit in its response to {ListPath}: the response is larger than 5 MiB. {Remedy}"), (error.Reason, error.Message));
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

        Assert.Contains($"exceeds a limit in its response to {ListPath}/a: the response is larger than 128 MiB.", error.Message, StringComparison.Ordinal);
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
}
