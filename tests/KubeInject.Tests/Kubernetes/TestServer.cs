using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeInject.Tests.Kubernetes;

/// <summary>A small HTTP/1.1 server on a separate port, with TLS if it has a certificate.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly SslStreamCertificateContext? certificate;
    private readonly Func<Request, Response> answer;
    private readonly List<Request> requests = [];

    public TestServer(Func<Request, Response> answer, X509Certificate2? certificate = null, X509Certificate2Collection? intermediates = null)
    {
        this.answer = answer;
        this.certificate = certificate is null ? null : SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public Uri Http => new($"http://127.0.0.1:{Port}");

    public Uri Https => new($"https://127.0.0.1:{Port}");

    /// <summary>The server names that clients requested by SNI.</summary>
    public List<string> AskedNames { get; } = [];

    public List<string> ClientCertificates { get; } = [];

    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (requests)
                return [.. requests];
        }
    }

    /// <summary>Responds like an API server while a client connects, and with the specified rule to all other requests.</summary>
    public static Func<Request, Response> Kubernetes(Func<Request, Response>? others = null) => request => request.Path switch
    {
        "/version" => Response.Json("""{"gitVersion":"v1.99.0"}"""),
        "/apis/authentication.k8s.io/v1/selfsubjectreviews" => Response.Json("""{"status":{"userInfo":{"username":"someuser"}}}""") with { Status = 201 },
        _ => others?.Invoke(request) ?? Response.Error(404, "NotFound", "nothing here"),
    };

    /// <summary>Rejects new connections, and closes the existing ones.</summary>
    public void Stop()
    {
        stop.Cancel();
        listener.Stop();
    }

    public void Dispose()
    {
        Stop();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                Stream stream = client.GetStream();
                if (certificate is not null)
                    stream = await AuthenticateAsync(stream);
                while (await ReadAsync(stream) is { } request)
                {
                    lock (requests)
                        requests.Add(request);
                    var response = answer(request);
                    await WriteAsync(stream, response);
                    if (response.CutAfter is not null)
                    {
                        // The connection is reset unless it is to be closed normally.
                        if (!response.EndsOrderly)
                            client.LingerState = new LingerOption(true, 0);
                        return;
                    }
                }
            }
            catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException or OperationCanceledException)
            {
                // The client closed the connection, as some tests do.
            }
        }
    }

    private async Task<Stream> AuthenticateAsync(Stream stream)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync((_, hello, _, _) =>
        {
            AskedNames.Add(hello.ServerName);
            return ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, shown, _, _) => Note(shown),
            });
        }, null);
        return tls;
    }

    /// <summary>Accepts any client certificate, or none, as an API server does during the handshake.</summary>
    private bool Note(X509Certificate? shown)
    {
        if (shown is null)
            return true;
        ClientCertificates.Add(shown.Subject);
        return ClientCertificates.Count > 0;
    }

    private async Task<Request?> ReadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop.Token) == 0)
                return null;
            head.Append((char)one[0]);

            // The first byte of a TLS handshake, after which no HTTP server continues to read.
            if (head[0] == '\x16')
                return new Request("", "", new Dictionary<string, string>(), "");
        }

        var lines = head.ToString().TrimEnd().Split("\r\n");
        var start = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .GroupBy(pair => pair[0], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => string.Join('\n', group.Select(pair => pair[1])), StringComparer.OrdinalIgnoreCase);
        var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body);
        return new Request(start[0], start[1], headers, Encoding.UTF8.GetString(body));
    }

    private async Task WriteAsync(Stream stream, Response response)
    {
        if (response.NeverComes)
            await Task.Delay(Timeout.Infinite, stop.Token);
        var body = Encoding.UTF8.GetBytes(response.Body);
        var length = response.Lines is null ? $"Content-Length: {body.Length}" : "Transfer-Encoding: chunked";
        var head = $"HTTP/1.1 {response.Status} x\r\nContent-Type: {response.ContentType}\r\n{length}\r\n{string.Concat(response.Headers.Select(line => $"{line}\r\n"))}\r\n";
        var bytes = response.Raw ?? [.. Encoding.UTF8.GetBytes(head), .. body];
        await stream.WriteAsync(bytes.AsMemory(0, Math.Min(bytes.Length, response.CutAfter ?? bytes.Length)));
        if (response.Lines is null)
            return;
        await foreach (var text in response.Lines.WithCancellation(stop.Token))
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n"), stop.Token);
        if (response.CutAfter is null)
            await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
    }

    internal sealed record Request(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

    internal sealed record Response(int Status, string ContentType, string Body)
    {
        public bool NeverComes { get; init; }

        /// <summary>Additional headers.</summary>
        public IReadOnlyList<string> Headers { get; init; } = [];

        /// <summary>After how many bytes the connection is reset, or, with <see cref="Lines"/>, that it is reset after them.</summary>
        public int? CutAfter { get; init; }

        /// <summary>Whether the connection is closed there and not reset.</summary>
        public bool EndsOrderly { get; init; }

        /// <summary>The body as a sequence of chunks.</summary>
        public IAsyncEnumerable<string>? Lines { get; init; }

        /// <summary>The raw bytes to send instead of a response.</summary>
        public byte[]? Raw { get; init; }

        public static Response Json(string json) => new(200, "application/json", json);

        public static Response Error(int status, string reason, string message) => new(
            status,
            "application/json",
            $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{status}}}""");
    }
}
