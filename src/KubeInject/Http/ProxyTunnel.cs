using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace KubeInject.Http;

/// <summary>Makes a connection to a server through a proxy, which sees neither the TLS within nor the user's credential.</summary>
/// <remarks>The platform's own tunnel has no way to ask for another name than the address has, and shows the user's certificate to the proxy.</remarks>
internal sealed class ProxyTunnel(ProxyAddress proxy, ServerTrust trust)
{
    private const int LongestAnswer = 16 * 1024;

    public async Task<Stream> OpenAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        Stream? stream = null;
        try
        {
            stream = await ConnectAsync(cancellationToken);
            await (proxy.Address.Scheme == "socks5" ? AskSocksAsync(stream, server, cancellationToken) : AskHttpAsync(stream, server, cancellationToken));
            return stream;
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync();
            throw e switch
            {
                SocketException or IOException => Failed($"cannot be reached or closed the connection: {e.Message.TrimEnd('.')}", e),
                AuthenticationException => Failed("presented a certificate that is not trusted, or does not support TLS", e),
                _ => e,
            };
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var stream = await DirectConnection.OpenAsync(new DnsEndPoint(proxy.Address.IdnHost, proxy.Address.Port), cancellationToken);
        if (proxy.Address.Scheme != Uri.UriSchemeHttps)
            return stream;
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = proxy.Address.IdnHost, RemoteCertificateValidationCallback = trust.AcceptsProxy(proxy.Address.IdnHost) }, cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private async Task AskHttpAsync(Stream stream, DnsEndPoint server, CancellationToken cancellationToken)
    {
        var target = server.Host.Contains(':', StringComparison.Ordinal) ? $"[{server.Host}]:{server.Port}" : $"{server.Host}:{server.Port}";
        var credential = proxy.Username is null ? "" : $"Proxy-Authorization: Basic {Basic()}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{credential}\r\n"), cancellationToken);
        var head = new StringBuilder();
        var one = new byte[1];

        // Byte by byte, because what follows the empty line belongs to the server.
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            head.Append((char)one[0]);
            if (head.Length > LongestAnswer)
                throw Failed("does not respond like an HTTP proxy");
        }

        var words = head.ToString().Split('\r')[0].Split(' ');
        if (words is not [['H', 'T', 'T', 'P', '/', ..], var code, ..] || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            throw Failed("does not respond like an HTTP proxy");
        if (status == 407)
            throw Failed(proxy.Username is null ? "requires a username and a password (407)" : "does not accept the username and the password (407)");
        if (status is < 200 or >= 300)
            throw Failed($"does not connect to {target}: it answered {status}");
    }

    /// <summary>SOCKS version 5 (RFC 1928), with name and password where there are some (RFC 1929).</summary>
    private async Task AskSocksAsync(Stream stream, DnsEndPoint server, CancellationToken cancellationToken)
    {
        var answer = new byte[2];
        await stream.WriteAsync(proxy.Username is null ? new byte[] { 5, 1, 0 } : [5, 2, 0, 2], cancellationToken);
        await stream.ReadExactlyAsync(answer, cancellationToken);
        switch (answer)
        {
            case [5, 0]:
                break;
            case [5, 2] when proxy.Username is not null:
                await stream.WriteAsync((byte[])[1, .. Counted(proxy.Username), .. Counted(proxy.Password?.Reveal() ?? "")], cancellationToken);
                await stream.ReadExactlyAsync(answer, cancellationToken);
                if (answer[1] != 0)
                    throw Failed("does not accept the username and the password");
                break;
            case [5, 255]:
                throw Failed(proxy.Username is null ? "requires a username and a password" : "does not support authentication with a username and a password");
            default:
                throw Failed("does not respond like a SOCKS proxy");
        }

        var port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)server.Port);
        await stream.WriteAsync((byte[])[5, 1, 0, .. Destination(server.Host), .. port], cancellationToken);
        var reply = new byte[4];
        await stream.ReadExactlyAsync(reply, cancellationToken);
        if (reply is not [5, 0, ..])
            throw Failed(string.Create(CultureInfo.InvariantCulture, $"does not connect to {server.Host}:{server.Port}: it answered {reply[1]}"));
        await SkipAddressAsync(stream, reply[3], cancellationToken);
    }

    /// <summary>The address that the proxy connects from, of which nothing is needed.</summary>
    private static async Task SkipAddressAsync(Stream stream, byte kind, CancellationToken cancellationToken)
    {
        var length = new byte[1] { kind == 1 ? (byte)4 : (byte)16 };
        if (kind == 3)
            await stream.ReadExactlyAsync(length, cancellationToken);
        await stream.ReadExactlyAsync(new byte[length[0] + 2], cancellationToken);
    }

    private byte[] Destination(string host) =>
        IPAddress.TryParse(host, out var ip) ? [ip.AddressFamily == AddressFamily.InterNetwork ? (byte)1 : (byte)4, .. ip.GetAddressBytes()] : [3, .. Counted(host)];

    private byte[] Counted(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= byte.MaxValue ? [(byte)bytes.Length, .. bytes] : throw Failed("does not accept a username, password or address longer than 255 bytes");
    }

    private string Basic() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{proxy.Username}:{proxy.Password?.Reveal()}"));

    private ProxyException Failed(string why, Exception? cause = null) => new($"The proxy {proxy} {why}.", cause);
}
