using System.Net;
using System.Net.Security;

namespace KubeInject.Http;

/// <summary>What lies beneath a request: connections to the API server, and the TLS on them.</summary>
/// <remarks>All connections of a pool show the same certificate; a request with another one gets another pool.</remarks>
internal sealed class HttpTransport : HttpMessageHandler
{
    /// <summary>The certificate that the connection of this request has to show; without it that of the settings.</summary>
    public static readonly HttpRequestOptionsKey<ClientCertificate> Certificate = new("ClientCertificate");

    private readonly TransportSettings settings;
    private readonly ServerTrust trust;
    private readonly ProxyAddress? proxy;
    private readonly object gate = new();
    private ConnectionPool pool;

    public HttpTransport(TransportSettings settings, ServerTrust trust)
    {
        this.settings = settings;
        this.trust = trust;
        proxy = settings.Proxy;
        pool = CreatePool(settings.ClientCertificate);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var current = Enter(request.Options.TryGetValue(Certificate, out var certificate) ? certificate : settings.ClientCertificate);
        try
        {
            return await current.SendAsync(request, cancellationToken);
        }
        finally
        {
            current.Leave();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            pool.Dispose();
        base.Dispose(disposing);
    }

    private ConnectionPool Enter(ClientCertificate? certificate)
    {
        lock (gate)
        {
            if (!pool.Shows(certificate))
            {
                // Requests under way end on the connections that they began on.
                pool.Retire();
                pool = CreatePool(certificate);
            }

            pool.Enter();
            return pool;
        }
    }

    private ConnectionPool CreatePool(ClientCertificate? certificate) => new(certificate, new SocketsHttpHandler
    {
        // On the same machine compressing only costs time.
        AutomaticDecompression = settings.DisableCompression || (proxy is null && settings.Server.IsLoopback) ? DecompressionMethods.None : DecompressionMethods.All,
        ConnectTimeout = settings.ConnectTimeout,

        // No client follows a redirect: see Redirect. An API server keeps no cookies.
        AllowAutoRedirect = false,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),

        // A long session notices when the server's name moves to another address.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        RequestHeaderEncodingSelector = settings.HeaderEncoding,
        SslOptions = CreateTls(certificate),
        UseProxy = !IsTls && proxy is not null,
        Proxy = IsTls ? null : PlainProxy(),
        ConnectCallback = IsTls && (proxy is not null || settings.TlsServerName is not null)
            ? (context, cancellationToken) => ConnectAsync(context, certificate, cancellationToken)
            : null,
    });

    private bool IsTls => settings.Server.Scheme == Uri.UriSchemeHttps;

    private WebProxy? PlainProxy() => proxy is null ? null : new WebProxy(proxy.Address)
    {
        Credentials = proxy.Username is null ? null : new NetworkCredential(proxy.Username, proxy.Password?.Reveal()),
    };

    private SslClientAuthenticationOptions CreateTls(ClientCertificate? certificate)
    {
        var tls = trust.CreateTls();
        if (certificate is not null)
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate.Certificate, certificate.Intermediates, offline: true);
        return tls;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, ClientCertificate? certificate, CancellationToken cancellationToken)
    {
        var stream = proxy is null
            ? await DirectConnection.OpenAsync(context.DnsEndPoint, cancellationToken)
            : await new ProxyTunnel(proxy, trust).OpenAsync(context.DnsEndPoint, cancellationToken);

        // The handler itself has no way to ask for another name than the address has, and takes the TLS of a proxy
        // for that of the server.
        var options = CreateTls(certificate);
        options.TargetHost = settings.TlsServerName ?? context.DnsEndPoint.Host;
        options.ApplicationProtocols = context.InitialRequestMessage.Version.Major < 2 ? [SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
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
