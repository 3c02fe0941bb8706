using System.Net;
using System.Net.Sockets;

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>Forwards bytes between clients and a server until it cuts the connections.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly (string Host, int Port) target;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly SemaphoreSlim accepted = new(0);
    private readonly List<Socket> sockets = [];
    private long left = long.MaxValue; // bytes of the server until all connections are cut

    /// <param name="target">The server; null for the API server.</param>
    public TcpRelay((string Host, int Port)? target = null)
    {
        this.target = target ?? (TestCluster.Server.Host, TestCluster.Server.Port);
        listener.Start();
        Server = new Uri($"https://{listener.LocalEndpoint}");
        _ = AcceptAsync();
    }

    public Uri Server { get; }

    /// <summary>Whether to reject new connections immediately.</summary>
    public bool IsDown { get; set; }

    /// <summary>Waits until a client has connected since the last call.</summary>
    public Task ConnectionAsync() => accepted.WaitAsync();

    /// <summary>Resets all connections.</summary>
    public void Cut()
    {
        lock (sockets)
        {
            foreach (var socket in sockets)
                socket.Close(0);
            sockets.Clear();
        }
    }

    /// <summary>Resets all connections after the server has sent this number of bytes more.</summary>
    public void CutAfter(int bytes) => Interlocked.Exchange(ref left, bytes);

    public void Dispose()
    {
        listener.Dispose();
        Cut();
        accepted.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                await RelayAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        if (IsDown)
        {
            client.Close(0);
            return;
        }

        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        await server.ConnectAsync(target.Host, target.Port);
        lock (sockets)
            sockets.AddRange([client, server]);
        accepted.Release();
        _ = PassAsync(client, server, _ => { });
        _ = PassAsync(server, client, Count);
    }

    private void Count(int bytes)
    {
        if (Interlocked.Add(ref left, -bytes) > 0)
            return;
        Interlocked.Exchange(ref left, long.MaxValue);
        Cut();
    }

    private static async Task PassAsync(Socket from, Socket to, Action<int> passed)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
                passed(count);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection was cut.
        }
    }
}
