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
            if (IsUnspecified(server.Host))
                await socket.ConnectAsync(LoopbackFor(server.Host), server.Port, cancellationToken).ConfigureAwait(false);
            else
                await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Returns whether a host is <c>0.0.0.0</c> or <c>::</c>. Like kubectl, <see cref="OpenAsync"/> connects to this machine; .NET refuses these addresses.</summary>
    /// <param name="host">A host name or an IP address, with or without brackets.</param>
    public static bool IsUnspecified(string host) => Address(host) is { } ip && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));

    /// <summary>Gets the loopback addresses to try. A server that listens on <c>::</c> may accept only IPv4 connections.</summary>
    private static IPAddress[] LoopbackFor(string host) =>
        Address(host)!.AddressFamily == AddressFamily.InterNetworkV6 ? [IPAddress.IPv6Loopback, IPAddress.Loopback] : [IPAddress.Loopback];

    private static IPAddress? Address(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var ip) ? ip : null;
}
