using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using KubeInject.Kubernetes.Client;
using k8s;

namespace KubeInject.Client;

/// <summary>The official client, which hands every request to a connection.</summary>
internal sealed class ConnectionClient : k8s.Kubernetes
{
    // Holds none of them longer than their users do.
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

    /// <summary>Sends a request whose body is in no exception: it may be a Secret.</summary>
    protected override Task<HttpResponseMessage> SendRequestRaw(string requestContent, HttpRequestMessage httpRequest, CancellationToken cancellationToken) =>
        base.SendRequestRaw("", httpRequest, cancellationToken);

    /// <summary>Does nothing: the client belongs to its connection, and ends with it.</summary>
    protected override void Dispose(bool disposing) => base.Dispose(disposing: false);

    /// <summary>Nothing but the address: credential, trust and proxy are the connection's.</summary>
    private static KubernetesClientConfiguration Configuration(ApiChannel channel, string defaultNamespace) => new()
    {
        Host = $"{channel.Server.GetLeftPart(UriPartial.Path).TrimEnd('/')}/",
        Namespace = defaultNamespace,

        // The connection limits each request, and tells a timeout and a cancellation apart.
        HttpClientTimeout = Timeout.InfiniteTimeSpan,
    };
}
