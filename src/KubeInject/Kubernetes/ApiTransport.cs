using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace KubeInject.Kubernetes;

/// <summary>What lies beneath a request: connections to the API server, and the TLS on them.</summary>
internal sealed class ApiTransport
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(30);

    private readonly ConnectionSettings settings;
    private readonly ServerTrust trust;

    private ApiTransport(ConnectionSettings settings, ServerTrust trust)
    {
        this.settings = settings;
        this.trust = trust;
    }

    /// <summary>How long making a connection may take.</summary>
    public static TimeSpan ConnectTimeout(ConnectionSettings settings) => settings.Timeout < LongestConnect ? settings.Timeout : LongestConnect;

    public static SocketsHttpHandler CreateHandler(ConnectionSettings settings, ServerTrust trust) => new ApiTransport(settings, trust).CreateHandler();

    private SocketsHttpHandler CreateHandler() => new()
    {
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = ConnectTimeout(settings),

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
