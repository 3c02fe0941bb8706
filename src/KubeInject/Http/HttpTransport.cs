using System.Net;
using System.Net.Security;

namespace KubeInject.Http;

/// <summary>Sends requests over pooled connections, with TLS and an optional proxy.</summary>
/// <remarks>All connections of a pool use the same client certificate. A request with another certificate creates a new pool.</remarks>
internal sealed class HttpTransport : HttpMessageHandler
{
    /// <summary>The client certificate for this request. Default: the certificate of the settings.</summary>
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
            return await current.SendAsync(request, cancellationToken).ConfigureAwait(false);
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
                // Requests that are in progress finish on their connections.
                pool.Retire();
                pool = CreatePool(certificate);
            }

            pool.Enter();
            return pool;
        }
    }

    private ConnectionPool CreatePool(ClientCertificate? certificate) => new(certificate, new SocketsHttpHandler
    {
        // On the same machine, compression only costs time.
        AutomaticDecompression = settings.DisableCompression || (proxy is null && settings.Server.IsLoopback) ? DecompressionMethods.None : DecompressionMethods.All,
        ConnectTimeout = settings.ConnectTimeout,

        // Redirects are not followed, see Redirect. API servers do not use cookies.
        AllowAutoRedirect = false,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),

        // Limits the time until a changed DNS entry is used.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        RequestHeaderEncodingSelector = settings.HeaderEncoding,
        SslOptions = CreateTls(certificate),
        UseProxy = !IsTls && proxy is not null,
        Proxy = IsTls ? null : PlainProxy(),
        ConnectCallback = IsTls && (proxy is not null || settings.TlsServerName is not null)
            ? (context, cancellationToken) => ConnectAsync(context, certificate, cancellationToken)
            : DirectConnection.IsUnspecified(settings.Server.IdnHost) ? ConnectDirectlyAsync : null,
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

    private static async ValueTask<Stream> ConnectDirectlyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        await DirectConnection.OpenAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, ClientCertificate? certificate, CancellationToken cancellationToken)
    {
        var stream = proxy is null
            ? await DirectConnection.OpenAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false)
            : await new ProxyTunnel(proxy, trust).OpenAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);

        // SocketsHttpHandler supports no TLS server name other than the host of the URL, and treats the TLS of a
        // proxy as the TLS of the server.
        var options = CreateTls(certificate);
        options.TargetHost = settings.TlsServerName ?? context.DnsEndPoint.Host;
        options.ApplicationProtocols = context.InitialRequestMessage.Version.Major < 2 ? [SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
