using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeInject.Testing;

/// <summary>An HTTP or SOCKS5 proxy on a separate port. It connects to this machine whatever host is requested.</summary>
public sealed class TestProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<string> targets = [];
    private readonly X509Certificate2? certificate;
    private long bytesFromServers;

    /// <summary>Starts the proxy.</summary>
    /// <param name="certificate">The certificate for TLS; null for a proxy without TLS.</param>
    public TestProxy(X509Certificate2? certificate = null)
    {
        this.certificate = certificate;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The required username and password as <c>name:password</c>; null for none.</summary>
    public string? Credential { get; init; }

    /// <summary>The response to send instead of connecting; null to connect.</summary>
    public byte[]? Answer { get; init; }

    /// <summary>The requested destinations as <c>host:port</c>.</summary>
    public IReadOnlyList<string> Targets
    {
        get
        {
            lock (targets)
                return [.. targets];
        }
    }

    /// <summary>The number of bytes that the destinations have sent.</summary>
    public long BytesFromServers => Interlocked.Read(ref bytesFromServers);

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                if (Answer is null)
                    await ServeAsync(await OpenAsync(client));
                else
                    await AnswerAsync(client);
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException or ObjectDisposedException)
            {
                // One side closed the connection, as some tests do.
            }
        }
    }

    /// <summary>Reads until the client closes the connection: unread data would reset the connection and lose the response.</summary>
    private async Task AnswerAsync(TcpClient client)
    {
        var stream = client.GetStream();
        await stream.WriteAsync(Answer);
        client.Client.Shutdown(SocketShutdown.Send);
        await stream.CopyToAsync(Stream.Null);
    }

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (certificate is null)
            return client.GetStream();
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(certificate);
        return tls;
    }

    private async Task ServeAsync(Stream client)
    {
        var first = await ReadAsync(client, 1);
        if (first[0] == 5)
            await ServeSocksAsync(client);
        else
            await ServeHttpAsync(client, (char)first[0]);
    }

    private async Task ServeHttpAsync(Stream client, char first)
    {
        var head = new StringBuilder().Append(first);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append((char)(await ReadAsync(client, 1))[0]);
        var lines = head.ToString().TrimEnd().Split("\r\n");
        if (Credential is not null && !lines.Contains($"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Credential))}"))
        {
            await client.WriteAsync("HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            return;
        }

        var words = lines[0].Split(' ');
        if (words[0] == "CONNECT")
        {
            using var server = await ConnectAsync(words[1]);
            await client.WriteAsync("HTTP/1.1 200 x\r\n\r\n"u8.ToArray());
            await PumpAsync(client, server.GetStream());
        }
        else
        {
            var uri = new Uri(words[1]);
            using var server = await ConnectAsync(uri.Authority);
            var rewritten = head.ToString().Replace(words[1], uri.PathAndQuery, StringComparison.Ordinal);
            await server.GetStream().WriteAsync(Encoding.ASCII.GetBytes(rewritten.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)));
            await PumpAsync(client, server.GetStream());
        }
    }

    private async Task ServeSocksAsync(Stream client)
    {
        var methods = await ReadAsync(client, (await ReadAsync(client, 1))[0]);
        var method = (byte)(Credential is null ? 0 : 2);
        await client.WriteAsync((byte[])[5, methods.Contains(method) ? method : (byte)255]);
        if (!methods.Contains(method))
            return;
        if (Credential is not null)
        {
            await ReadAsync(client, 1);
            var isRight = $"{await ReadTextAsync(client)}:{await ReadTextAsync(client)}" == Credential;
            await client.WriteAsync((byte[])[1, isRight ? (byte)0 : (byte)1]);
        }

        var request = await ReadAsync(client, 4);
        var host = request[3] == 3 ? await ReadTextAsync(client) : new IPAddress(await ReadAsync(client, request[3] == 1 ? 4 : 16)).ToString();
        var port = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(client, 2));
        TcpClient server;
        try
        {
            server = await ConnectAsync(string.Create(CultureInfo.InvariantCulture, $"{host}:{port}"));
        }
        catch (SocketException)
        {
            await client.WriteAsync((byte[])[5, 5, 0, 1, 0, 0, 0, 0, 0, 0]);
            return;
        }

        using (server)
        {
            // The address that it connects from; once a name, which clients must also accept.
            await client.WriteAsync((byte[])[5, 0, 0, 3, 1, (byte)'x', 0, 0]);
            await PumpAsync(client, server.GetStream());
        }
    }

    private async Task<TcpClient> ConnectAsync(string target)
    {
        lock (targets)
            targets.Add(target);
        var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, int.Parse(target[(target.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
        return server;
    }

    private async Task PumpAsync(Stream client, Stream server) => await await Task.WhenAny(client.CopyToAsync(server), ReturnAsync(server, client));

    private async Task ReturnAsync(Stream server, Stream client)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await server.ReadAsync(buffer)) > 0)
        {
            Interlocked.Add(ref bytesFromServers, count);
            await client.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    private static async Task<string> ReadTextAsync(Stream stream) => Encoding.UTF8.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1))[0]));

    private static async Task<byte[]> ReadAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
