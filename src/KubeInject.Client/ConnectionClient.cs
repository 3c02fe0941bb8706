using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using k8s;
using KubeInject.Kubernetes.Client;

namespace KubeInject.Client;

/// <summary>The official Kubernetes client, which sends its requests over a connection.</summary>
internal sealed class ConnectionClient : k8s.Kubernetes
{
    // Weak references, so that unused WebSockets can be collected.
    private readonly ConditionalWeakTable<WebSocket, object> sockets = [];

    public ConnectionClient(ApiChannel channel, string defaultNamespace)
        : base(Configuration(channel, defaultNamespace), new ChannelHandler(channel))
    {
        CreateWebSocketBuilder = () => new ChannelWebSocketBuilder(channel, opened =>
        {
            sockets.Add(opened, this);
            if (channel.Closing.IsCancellationRequested)
                opened.Abort();
        });
        channel.Closing.Register(() =>
        {
            foreach (var (socket, _) in sockets)
                socket.Abort();
        });
    }

    /// <summary>Sends a request. Exceptions do not contain its body, because it may be a Secret.</summary>
    protected override Task<HttpResponseMessage> SendRequestRaw(string requestContent, HttpRequestMessage httpRequest, CancellationToken cancellationToken) =>
        base.SendRequestRaw("", httpRequest, cancellationToken);

    /// <summary>Does not close the client, because the connection owns it.</summary>
    protected override void Dispose(bool disposing) => base.Dispose(disposing: false);

    /// <summary>Creates a configuration with the address only, because the connection has the credential, trust and proxy.</summary>
    private static KubernetesClientConfiguration Configuration(ApiChannel channel, string defaultNamespace) => new()
    {
        Host = $"{channel.Server.GetLeftPart(UriPartial.Path).TrimEnd('/')}/",
        Namespace = defaultNamespace,

        // The connection limits each request and distinguishes a timeout from a cancellation.
        HttpClientTimeout = Timeout.InfiniteTimeSpan,
    };
}
