using System.Net;
using System.Net.Sockets;

namespace KubeInject.Http;

/// <summary>Opens TCP connections without a proxy.</summary>
internal static class DirectConnection
{
    public static async Task<Stream> OpenAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
