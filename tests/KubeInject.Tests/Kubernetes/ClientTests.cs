using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using k8s;
using k8s.Autorest;
using k8s.Models;
using KubeInject.Client;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using Microsoft.Extensions.Time.Testing;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>The official client over a connection, with faults of servers, callers and clocks.</summary>
public sealed class ClientTests
{
    private const string Token = "canary-token-4711";

    private static readonly Response Found = Response.Json("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}""");

    /// <summary>Requests of each kind of API of the client.</summary>
    private static readonly Dictionary<string, Func<IKubernetes, CancellationToken, Task>> Requests = new()
    {
        ["get"] = (client, stop) => client.CoreV1.ReadNamespacedPodAsync("a", "shop", cancellationToken: stop),
        ["create"] = (client, stop) => client.CoreV1.CreateNamespacedPodAsync(new V1Pod(), "shop", cancellationToken: stop),
        ["watch"] = async (client, stop) =>
        {
            await foreach (var happened in client.CoreV1.WatchListNamespacedPodAsync("shop", cancellationToken: stop))
                Assert.NotNull(happened.Item2);
        },
        ["exec"] = (client, stop) => client.WebSocketNamespacedPodExecAsync("a", "shop", ["true"], cancellationToken: stop),
    };

    public static TheoryData<string> Names => [.. Requests.Keys];

    [Theory]
    [InlineData("name", KubeConnectionFailure.WrongHostName)]
    [InlineData("authority", KubeConnectionFailure.UntrustedCertificate)]
    [InlineData("time", KubeConnectionFailure.ExpiredCertificate)]
    public async Task A_server_with_an_invalid_certificate_receives_no_request(string wrong, KubeConnectionFailure reason)
    {
        using var authority = TestCertificates.Authority();
        using var other = TestCertificates.Authority("CN=other");
        using var certificate = TestCertificates.Server(authority, wrong == "name" ? "kubernetes.test" : null, wrong == "time" ? DateTimeOffset.UtcNow.AddDays(-1) : null);
        using var server = new TestServer(TestServer.Kubernetes(), certificate);
        var trusted = wrong == "authority" ? other : authority;
        foreach (var name in Requests.Keys)
        {
            using var connection = Open(ConnectionSettings.FromToken(server.Https, new SensitiveString(Token), CertificateAuthority.FromCertificates([trusted])));
            var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Requests[name](connection.Client, CancellationToken.None));
            Assert.Equal(reason, error.Reason);
            Assert.DoesNotContain(Token, error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(server.Requests);
        using var right = Open(ConnectionSettings.FromToken(server.Https, new SensitiveString(Token), CertificateAuthority.FromCertificates([authority])) with
        {
            SkipCertificateCheck = wrong == "time",
            CertificateAuthority = wrong == "time" ? null : CertificateAuthority.FromCertificates([authority]),
            TlsServerName = wrong == "name" ? "kubernetes.test" : null,
        });
        await Assert.ThrowsAsync<HttpOperationException>(() => Requests["get"](right.Client, CancellationToken.None));
        Assert.Equal($"Bearer {Token}", Assert.Single(server.Requests).Headers["Authorization"]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_server_that_does_not_respond_is_a_timeout(string name)
    {
        var (clock, asked) = (new FakeTimeProvider(), new TaskCompletionSource());
        using var server = new TestServer(_ => Silent(asked));
        using var connection = new KubeConnection(new ConnectionSettings { Server = server.Http, Timeout = TimeSpan.FromMinutes(2) }, new KubeRetryPolicy { Clock = clock });
        var asking = Requests[name](connection.Client, CancellationToken.None);
        await asked.Task;
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(KubeConnectionFailure.Timeout, (await Assert.ThrowsAsync<KubeConnectionException>(() => asking)).Reason);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_cancellation_is_not_reported_as_a_timeout(string name)
    {
        var asked = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        using var server = new TestServer(_ => Silent(asked));
        using var connection = Open(new ConnectionSettings { Server = server.Http });
        var asking = Requests[name](connection.Client, stop.Token);
        await asked.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Disposing_the_connection_ends_current_and_later_requests(string name)
    {
        var asked = new TaskCompletionSource();
        using var server = new TestServer(_ => Silent(asked));
        using var connection = Open(new ConnectionSettings { Server = server.Http });
        var client = connection.Client;
        var asking = Requests[name](client, CancellationToken.None);
        await asked.Task;
        connection.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => asking);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Requests[name](client, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Requests[name](connection.Client, CancellationToken.None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_the_connection_ends_a_silent_watch_and_an_open_WebSocket(bool isSocket)
    {
        var lines = Channel.CreateUnbounded<string>();
        using var server = new TestServer(request => isSocket ? Accept(request) : Response.Json("") with { Lines = lines.Reader.ReadAllAsync() });
        using var connection = Open(new ConnectionSettings { Server = server.Http });
        if (isSocket)
        {
            using var socket = await connection.Client.WebSocketNamespacedPodExecAsync("a", "shop", ["true"]);
            var receiving = socket.ReceiveAsync(new byte[10], CancellationToken.None);
            connection.Dispose();
            await Assert.ThrowsAnyAsync<Exception>(() => receiving.WaitAsync(TimeSpan.FromMinutes(1)));
            Assert.Equal(WebSocketState.Aborted, socket.State);
            return;
        }

        await lines.Writer.WriteAsync(Event("one"));
        await using var events = connection.Client.CoreV1.WatchListNamespacedPodAsync("shop").GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        var next = events.MoveNextAsync();
        connection.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await next);
    }

    [Fact]
    public async Task The_client_of_a_connection_can_be_disposed_repeatedly()
    {
        using var server = new TestServer(_ => Found);
        using var connection = Open(new ConnectionSettings { Server = server.Http });
        Assert.Same(connection.Client, KubeConnectionClient.Of(connection));
        connection.Client.Dispose();
        connection.Client.Dispose();
        Assert.Equal("a", (await connection.Client.CoreV1.ReadNamespacedPodAsync("a", "shop")).Name());
        await connection.GetAsync("/api");
    }

    [Theory]
    [InlineData("watch")]
    [InlineData("log")]
    public async Task A_stream_can_be_silent_for_longer_than_the_request_timeout(string what)
    {
        var clock = new FakeTimeProvider();
        var lines = Channel.CreateUnbounded<string>();
        using var server = new TestServer(_ => Response.Json("") with { Lines = lines.Reader.ReadAllAsync() });
        using var connection = new KubeConnection(new ConnectionSettings { Server = server.Http, Timeout = TimeSpan.FromSeconds(10) }, new KubeRetryPolicy { Clock = clock });
        await lines.Writer.WriteAsync(Event("one"));
        if (what == "watch")
        {
            await using var events = connection.Client.CoreV1.WatchListNamespacedPodAsync("shop").GetAsyncEnumerator();
            Assert.True(await events.MoveNextAsync());
            var next = events.MoveNextAsync();
            clock.Advance(TimeSpan.FromDays(1));
            await lines.Writer.WriteAsync(Event("two"));
            Assert.True(await next);
            Assert.Equal("two", events.Current.Item2.Name());
            return;
        }

        using var log = new StreamReader(await connection.Client.CoreV1.ReadNamespacedPodLogAsync("a", "shop", follow: true));
        Assert.Equal(Event("one"), $"{await log.ReadLineAsync()}\n");
        var line = log.ReadLineAsync();
        clock.Advance(TimeSpan.FromDays(1));
        await lines.Writer.WriteAsync(Event("two"));
        Assert.Equal(Event("two"), $"{await line}\n");
    }

    [Theory]
    [InlineData("get", 429, 3)]
    [InlineData("create", 429, 3)]
    [InlineData("watch", 429, 3)]
    [InlineData("get", 503, 3)]
    [InlineData("create", 503, 1)]
    public async Task A_busy_server_is_retried_after_Retry_After_as_for_other_requests(string name, int status, int times)
    {
        var busy = Response.Error(status, "Busy", "slow down") with { Headers = ["Retry-After: 7"] };
        using var api = await FaultyApi.OpenAsync(busy, busy, Found);
        var asking = Requests[name](api.Connection.Client, CancellationToken.None);
        if (times == 1)
            Assert.Equal(status, (int)(await Assert.ThrowsAsync<HttpOperationException>(() => asking)).Response.StatusCode);
        else
            await asking;
        Assert.Equal(times, api.Requests.Count);
        Assert.Equal(Enumerable.Repeat(TimeSpan.FromSeconds(7), times - 1), api.Clock.Waits.Where(wait => wait == TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var elsewhere = new TlsServer();
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            using var server = new TlsServer(request => new Response(status, "text/html", "") { Headers = [$"Location: {new Uri(elsewhere.Server.Https, request.Path)}"] });
            using var connection = Open(server.Settings with { Token = new SensitiveString(Token) });
            foreach (var name in Requests.Keys)
            {
                var error = await Assert.ThrowsAsync<HttpOperationException>(() => Requests[name](connection.Client, CancellationToken.None));
                Assert.Equal(status, (int)error.Response.StatusCode);
            }

            Assert.Equal(Requests.Count, server.Server.Requests.Count);
        }

        Assert.Empty(elsewhere.Server.Requests);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_request_to_another_server_is_not_sent(string name)
    {
        using var elsewhere = new TlsServer();
        using var server = new TlsServer();
        using var connection = Open(server.Settings with { Token = new SensitiveString(Token), Server = new Uri(server.Server.Https, "/clusters/one") });
        var client = (k8s.Kubernetes)connection.Client;
        foreach (var address in new[] { elsewhere.Server.Https, server.Server.Https, new Uri(server.Server.Https, "/clusters/one-more"), new Uri(server.Server.Https, "/clusters/one/../two") })
        {
            client.BaseUri = address;
            await Assert.ThrowsAsync<ArgumentException>(() => Requests[name](client, CancellationToken.None));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => client.HttpClient.GetAsync(elsewhere.Server.Https));
        Assert.Empty(elsewhere.Server.Requests);
        Assert.Empty(server.Server.Requests);
    }

    [Theory]
    [InlineData("/clusters/one")]
    [InlineData("/clusters/one/")]
    [InlineData("/")]
    public async Task The_path_of_the_server_precedes_the_path_of_every_request(string path)
    {
        using var server = new TestServer(_ => Found);
        using var connection = Open(new ConnectionSettings { Server = new Uri(server.Http, path) });
        await Requests["get"](connection.Client, CancellationToken.None);
        await Assert.ThrowsAnyAsync<Exception>(() => Requests["exec"](connection.Client, CancellationToken.None));
        Assert.All(server.Requests, request => Assert.StartsWith($"{path.TrimEnd('/')}/api/v1/namespaces/shop/pods/a", request.Path, StringComparison.Ordinal));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Headers_of_a_caller_are_sent_except_those_that_identify_the_user()
    {
        using var server = new TlsServer(_ => Response.Error(403, "Forbidden", "no"));
        using var connection = Open(server.Settings with { Token = new SensitiveString(Token), Impersonation = new Impersonation { User = "jane" } });
        Dictionary<string, string> headers = new()
        {
            ["authorization"] = "Bearer other",
            ["host"] = "other.test",
            ["impersonate-user"] = "june",
            ["Impersonate-Group"] = "system:masters",
            ["Impersonate-Extra-Scope"] = "all",
            ["X-Test"] = "kept",
        };
        await Assert.ThrowsAsync<HttpOperationException>(() => connection.Client.CoreV1.ListNodeWithHttpMessagesAsync(
            customHeaders: headers.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)[pair.Value])));
        await Assert.ThrowsAsync<HttpOperationException>(() => connection.Client.WebSocketNamespacedPodExecAsync(
            "a", "shop", ["true"], customHeaders: headers.ToDictionary(pair => pair.Key, pair => new List<string> { pair.Value })));
        Assert.Equal(2, server.Server.Requests.Count);
        Assert.All(server.Server.Requests, request => Assert.Equal(
            ($"Bearer {Token}", $"127.0.0.1:{server.Server.Port}", "jane", "kept"),
            (request.Headers["Authorization"], request.Headers["Host"], request.Headers["Impersonate-User"], request.Headers["X-Test"])));
        Assert.All(server.Server.Requests, request => Assert.Equal("Impersonate-User", Assert.Single(request.Headers.Keys, header => header.StartsWith("Impersonate", StringComparison.OrdinalIgnoreCase))));
    }

    [Fact]
    public async Task A_WebSocket_transfers_bytes_in_the_negotiated_protocol()
    {
        using var server = new TlsServer(Accept);
        using var connection = Open(server.Settings with { Token = new SensitiveString(Token) });
        using var socket = await connection.Client.WebSocketNamespacedPodExecAsync("a", "shop", ["cat", "a b&c"], "app", webSocketSubProtocol: WebSocketProtocol.V4BinaryWebsocketProtocol);
        var buffer = new byte[10];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal(("hi", WebSocketProtocol.V4BinaryWebsocketProtocol), (Encoding.ASCII.GetString(buffer, 0, received.Count), socket.SubProtocol));
        var request = Assert.Single(server.Server.Requests);
        Assert.Equal(($"Bearer {Token}", true), (request.Headers["Authorization"], request.Path.Contains("command=cat&command=a%20b%26c&container=app", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_error_in_any_format_is_a_response(string name)
    {
        foreach (var body in new[] { "", "no", "[]", """{"kind":"Status","code":"four hundred","details":[]}""", """{"kind":"Status","message":"a","message":"b","x\ud800":"\ud800"}""" })
        {
            using var server = new TestServer(_ => new Response(400, "application/json", body));
            using var connection = Open(new ConnectionSettings { Server = server.Http });
            var error = await Assert.ThrowsAsync<HttpOperationException>(() => Requests[name](connection.Client, CancellationToken.None));
            Assert.Equal(HttpStatusCode.BadRequest, error.Response.StatusCode);
        }
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_not_a_response()
    {
        foreach (var name in Requests.Keys)
        {
            using var server = new TestServer(_ => Found with { CutAfter = 0 });
            using var connection = Open(new ConnectionSettings { Server = server.Http });
            var error = await Assert.ThrowsAsync<KubeConnectionException>(() => Requests[name](connection.Client, CancellationToken.None));
            Assert.Equal(KubeConnectionFailure.Unreachable, error.Reason);
        }
    }

    private static KubeConnection Open(ConnectionSettings settings) => new(settings, KubeRetryPolicy.Default);

    private static string Event(string name) => $$$$"""{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{{name}}}}"}}}""" + "\n";

    private static Response Silent(TaskCompletionSource asked)
    {
        asked.TrySetResult();
        return Found with { NeverComes = true };
    }

    /// <summary>Upgrades to a WebSocket, and sends one message.</summary>
    private static Response Accept(Request request)
    {
#pragma warning disable CA5350 // The protocol asks for SHA-1.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes($"{request.Headers["Sec-WebSocket-Key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        var protocol = request.Headers.TryGetValue("Sec-WebSocket-Protocol", out var asked) ? $"Sec-WebSocket-Protocol: {asked}\r\n" : "";
        var head = $"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n{protocol}\r\n";
        return Found with { Raw = [.. Encoding.ASCII.GetBytes(head), .. protocol.Length > 0 ? (byte[])[0x82, 2, (byte)'h', (byte)'i'] : []] };
    }
}
