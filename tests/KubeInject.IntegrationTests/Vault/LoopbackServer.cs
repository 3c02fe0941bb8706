using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>An HTTP server on a separate loopback port that can be stopped and started again.</summary>
internal abstract class LoopbackServer : IDisposable
{
    private readonly int port = FreePorts.Take();
    private HttpListener listener;

    protected LoopbackServer()
    {
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        listener = Listen();
    }

    public Uri Address { get; }

    /// <summary>Rejects new connections, and closes the existing ones.</summary>
    public void Stop() => listener.Abort();

    /// <summary>Listens again.</summary>
    public void Resume() => listener = Listen();

    public void Dispose()
    {
        Stop();
        Dispose(disposing: true);
    }

    protected abstract Task ServeAsync(HttpListenerContext context);

    protected virtual void Dispose(bool disposing)
    {
        // Local certificates have only the port as a name.
    }

    private HttpListener Listen()
    {
        var opened = new HttpListener { Prefixes = { $"{Address}" } };
        opened.Start();
        _ = AcceptAsync(opened);
        return opened;
    }

    private async Task AcceptAsync(HttpListener from)
    {
        try
        {
            while (true)
                _ = AnswerAsync(await from.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The server was stopped.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await ServeAsync(context);
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or SocketException or OperationCanceledException)
        {
            // The client closed the connection, or the server was stopped, as some tests do.
        }
    }
}
