using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;

namespace KubeInject.Kubernetes;

/// <summary>The one place where a request is made.</summary>
internal sealed class ApiChannel : IDisposable
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(30);
    private static readonly string Version =
        typeof(ApiChannel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly ConnectionSettings settings;
    private readonly ServerTrust trust;
    private readonly HttpClient client;
    private readonly string prefix;
    private readonly TimeSpan connectTimeout;

    public ApiChannel(ConnectionSettings settings)
    {
        settings.Validate();
        this.settings = settings;
        trust = new ServerTrust(settings);
        Credential = new RequestCredential(settings);
        Failures = new ApiFailures(settings, Credential, trust);
        prefix = settings.Server.GetLeftPart(UriPartial.Path).TrimEnd('/');
        connectTimeout = settings.Timeout < LongestConnect ? settings.Timeout : LongestConnect;
        client = new HttpClient(CreateHandler())
        {
            // Each request brings its own limit, so that a timeout and a cancellation are told apart.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("KubeInject", Version));
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    /// <summary>Raised after every request, also after one that got no answer, on the thread that finished it.</summary>
    public event Action<KubeRequest>? Completed;

    public RequestCredential Credential { get; }

    /// <summary>The one place where an error is understood.</summary>
    public ApiFailures Failures { get; }

    /// <summary>Sends a request and reads the answer, whatever its status.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below the server's address, with its query, escaped.</param>
    /// <param name="json">What to send; null for nothing.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="KubeConnectionException">No answer came.</exception>
    public async Task<ApiResponse> SendAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, prefix + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Authorization = Credential.Header();
        if (json is not null)
            request.Content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.Timeout);
        var start = Stopwatch.GetTimestamp();
        int? statusCode = null;
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            statusCode = (int)response.StatusCode;
            var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
            return new ApiResponse(statusCode.Value, response.Content.Headers.ContentType?.MediaType, body);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw limit.IsCancellationRequested ? Failures.FromTimeout($"did not answer {path}", settings.Timeout, e)
                : Failures.FromTimeout("did not take up the connection", connectTimeout, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Failures.FromTransport(e);
        }
        finally
        {
            Completed?.Invoke(new KubeRequest(method.Method, path, statusCode, Stopwatch.GetElapsedTime(start)));
        }
    }

    public void Dispose() => client.Dispose();

    private SocketsHttpHandler CreateHandler() => new()
    {
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = connectTimeout,

        // An API server neither redirects nor keeps cookies; whoever does is not the server that the token is for.
        AllowAutoRedirect = false,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),

        // A long session notices when the server's name moves to another address.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        SslOptions = CreateTls(),
        ConnectCallback = settings.TlsServerName is null ? null : ConnectAsync,
    };

    private SslClientAuthenticationOptions CreateTls()
    {
        var tls = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = trust.Accepts };
        if (settings.ClientCertificate is { } client)
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(client.Certificate, client.Intermediates, offline: true);
        return tls;
    }

    /// <summary>Asks for another name than the address has, which the handler itself has no way to say.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream stream;
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        // This connection leads to a proxy: the handler builds the tunnel and the TLS within it.
        if (context.DnsEndPoint.Host != settings.Server.IdnHost || context.DnsEndPoint.Port != settings.Server.Port)
            return stream;
        var options = CreateTls();
        options.TargetHost = settings.TlsServerName;
        options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}
