using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace KubeInject.Http;

/// <summary>Opens a connection to a server through a proxy. The proxy sees neither the decrypted content nor the credential of the user.</summary>
/// <remarks>The tunnel of .NET supports no TLS server name other than the host of the URL, and sends the client certificate to the proxy.</remarks>
internal sealed class ProxyTunnel(ProxyAddress proxy, ServerTrust trust)
{
    private const int MaxResponseLength = 16 * 1024;

    public async Task<Stream> OpenAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        Stream? stream = null;
        try
        {
            stream = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            await ((proxy.Address.Scheme == "socks5" ? ConnectSocksAsync(stream, server, cancellationToken) : ConnectHttpAsync(stream, server, cancellationToken)).ConfigureAwait(false));
            return stream;
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
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
        var stream = await DirectConnection.OpenAsync(new DnsEndPoint(proxy.Address.IdnHost, proxy.Address.Port), cancellationToken).ConfigureAwait(false);
        if (proxy.Address.Scheme != Uri.UriSchemeHttps)
            return stream;
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = proxy.Address.IdnHost, RemoteCertificateValidationCallback = trust.AcceptsProxy(proxy.Address.IdnHost) }, cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task ConnectHttpAsync(Stream stream, DnsEndPoint server, CancellationToken cancellationToken)
    {
        var target = server.Host.Contains(':', StringComparison.Ordinal) ? $"[{server.Host}]:{server.Port}" : $"{server.Host}:{server.Port}";
        var credential = proxy.Username is null ? "" : $"Proxy-Authorization: Basic {BasicCredential()}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{credential}\r\n"), cancellationToken).ConfigureAwait(false);
        var head = new StringBuilder();
        var octet = new byte[1];

        // Read byte by byte, because the bytes after the empty line come from the server.
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(octet, cancellationToken).ConfigureAwait(false);
            head.Append((char)octet[0]);
            if (head.Length > MaxResponseLength)
                throw Failed("does not respond like an HTTP proxy");
        }

        var parts = head.ToString().Split('\r')[0].Split(' ');
        if (parts is not [['H', 'T', 'T', 'P', '/', ..], var code, ..] || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            throw Failed("does not respond like an HTTP proxy");
        if (status == 407)
            throw Failed(proxy.Username is null ? "requires a username and a password (407)" : "does not accept the username and the password (407)");
        if (status is < 200 or >= 300)
            throw Failed($"does not connect to {target}: it answered {status}");
    }

    /// <summary>Connects with SOCKS version 5 (RFC 1928), with an optional username and password (RFC 1929).</summary>
    private async Task ConnectSocksAsync(Stream stream, DnsEndPoint server, CancellationToken cancellationToken)
    {
        var answer = new byte[2];
        await stream.WriteAsync(proxy.Username is null ? new byte[] { 5, 1, 0 } : [5, 2, 0, 2], cancellationToken).ConfigureAwait(false);
        await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        switch (answer)
        {
            case [5, 0]:
                break;
            case [5, 2] when proxy.Username is not null:
                await stream.WriteAsync((byte[])[1, .. LengthPrefixed(proxy.Username), .. LengthPrefixed(proxy.Password?.Reveal() ?? "")], cancellationToken).ConfigureAwait(false);
                await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
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
        await stream.WriteAsync((byte[])[5, 1, 0, .. Destination(server.Host), .. port], cancellationToken).ConfigureAwait(false);
        var reply = new byte[4];
        await stream.ReadExactlyAsync(reply, cancellationToken).ConfigureAwait(false);
        if (reply is not [5, 0, ..])
            throw Failed(string.Create(CultureInfo.InvariantCulture, $"does not connect to {server.Host}:{server.Port}: it answered {reply[1]}"));
        await SkipAddressAsync(stream, reply[3], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Skips the address from which the proxy connects.</summary>
    private static async Task SkipAddressAsync(Stream stream, byte kind, CancellationToken cancellationToken)
    {
        var length = new byte[1] { kind == 1 ? (byte)4 : (byte)16 };
        if (kind == 3)
            await stream.ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false);
        await stream.ReadExactlyAsync(new byte[length[0] + 2], cancellationToken).ConfigureAwait(false);
    }

    private byte[] Destination(string host) =>
        IPAddress.TryParse(host, out var ip) ? [ip.AddressFamily == AddressFamily.InterNetwork ? (byte)1 : (byte)4, .. ip.GetAddressBytes()] : [3, .. LengthPrefixed(host)];

    private byte[] LengthPrefixed(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= byte.MaxValue ? [(byte)bytes.Length, .. bytes] : throw Failed("does not accept a username, password or address longer than 255 bytes");
    }

    private string BasicCredential() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{proxy.Username}:{proxy.Password?.Reveal()}"));

    private ProxyException Failed(string problem, Exception? cause = null) => new($"The proxy {proxy} {problem}.", cause);
}
