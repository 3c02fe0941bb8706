using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>
/// A proxy between a client and the API server. It has the server's certificate, reads each request (HTTP/1.1), and
/// forwards it or simulates a fault.
/// </summary>
internal sealed class FaultProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<Request, Fault?> rule;
    private readonly HttpClient client;
    private readonly X509Certificate2 certificate;

    /// <param name="rule">The fault for a request; null to forward the request.</param>
    public FaultProxy(Func<Request, Fault?> rule)
    {
        this.rule = rule;
        using var pem = X509Certificate2.CreateFromPemFile(TestCluster.FilePath("server.crt"), TestCluster.FilePath("server.key"));
        certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Issuer == "CN=kubeinject-test-ca" },
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        listener.Start();
        Server = new Uri($"https://{listener.LocalEndpoint}");
        _ = AcceptAsync();
    }

    public Uri Server { get; }

    /// <summary>Connects through the proxy as the administrator, with short delays between attempts.</summary>
    public Task<KubeConnection> OpenAsync(string @namespace) => KubeConnection.OpenAsync(
        TestCluster.Context("admin") with { Server = Server, Namespace = @namespace },
        new KubeRetryPolicy { FirstWait = TimeSpan.FromMilliseconds(1) },
        CancellationToken.None);

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        client.Dispose();
        certificate.Dispose();
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

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            try
            {
                connection.NoDelay = true;
                await using var tls = new SslStream(connection.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop.Token);
                while (await ReadAsync(tls) is { } request)
                {
                    var fault = rule(request) ?? new Fault();
                    if (fault.NeverAnswers)
                        await Task.Delay(Timeout.Infinite, stop.Token);
                    await AnswerAsync(tls, request, fault);
                    if (fault.CutAfter is not null)
                    {
                        connection.LingerState = new LingerOption(true, 0);
                        connection.Client.Close();
                        return;
                    }
                }
            }
            catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException or OperationCanceledException or HttpRequestException)
            {
                // One of the three closed the connection, as tests do.
            }
        }
    }

    private async Task AnswerAsync(Stream stream, Request request, Fault fault)
    {
        using var response = fault.Status is null ? await client.SendAsync(Upstream(request, fault), HttpCompletionOption.ResponseHeadersRead, stop.Token) : null;
        await using var body = response is null ? new MemoryStream(fault.Bytes ?? Encoding.UTF8.GetBytes(fault.Body)) : await response.Content.ReadAsStreamAsync(stop.Token);
        var status = fault.Status ?? (int)response!.StatusCode;
        var type = response?.Content.Headers.ContentType?.ToString() ?? "application/json";
        var head = $"HTTP/1.1 {status} x\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n{string.Concat(fault.Headers.Select(line => $"{line}\r\n"))}\r\n";
        if (fault.CutAfter != 0)
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), stop.Token);
        var left = fault.CutAfter ?? fault.EndAfter ?? int.MaxValue;
        var buffer = new byte[16 * 1024];
        while (left > 0 && await body.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), stop.Token) is > 0 and var count)
        {
            left -= count;
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{count:x}\r\n").Concat(buffer.Take(count)).Concat("\r\n"u8.ToArray()).ToArray(), stop.Token);
        }

        if (fault.CutAfter is null)
            await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), stop.Token);
    }

    private static HttpRequestMessage Upstream(Request request, Fault fault)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(TestCluster.Server, request.Path));
        if (request.Body.Length > 0)
            message.Content = new ByteArrayContent(request.Body);
        foreach (var (name, value) in request.Headers.Where(header => header.Key is "Authorization" or "Accept"))
            message.Headers.TryAddWithoutValidation(name, (name == "Authorization" ? fault.Authorization : fault.Accept) ?? value);
        if (request.Headers.TryGetValue("Content-Type", out var type))
            message.Content?.Headers.TryAddWithoutValidation("Content-Type", type);
        return message;
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
        }

        var lines = head.ToString().TrimEnd().Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, stop.Token);
        return new Request(lines[0].Split(' ')[0], lines[0].Split(' ')[1], headers, body);
    }

    internal sealed record Request(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    /// <summary>The fault in a response of the API server or, if a status is specified, a response of the proxy.</summary>
    internal sealed record Fault
    {
        public int? Status { get; init; }

        public string Body { get; init; } = "";

        /// <summary>The body if it is not text; null for <see cref="Body"/>.</summary>
        public byte[]? Bytes { get; init; }

        public IReadOnlyList<string> Headers { get; init; } = [];

        /// <summary>After how many bytes of the body the connection is reset; 0 to reset it before the response.</summary>
        public int? CutAfter { get; init; }

        /// <summary>After how many bytes the body ends without an error.</summary>
        public int? EndAfter { get; init; }

        public bool NeverAnswers { get; init; }

        /// <summary>The user that the API server receives; null for the user that the client sends.</summary>
        public string? Authorization { get; init; }

        /// <summary>The content type that the API server receives in the Accept header; null for that of the client.</summary>
        public string? Accept { get; init; }

        public static Fault Error(int status, string reason, params string[] headers) => new()
        {
            Status = status,
            Body = $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"by the test","reason":"{{reason}}","code":{{status}}}""",
            Headers = headers,
        };
    }
}
